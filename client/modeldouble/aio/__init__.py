"""The client for event loops: the same calls, awaited. Needs the extra `async`.

from modeldouble.aio import AsyncSession

async with AsyncSession(session_url="http://127.0.0.1:27209") as session:
    async for frame in await session.inference_video_id_async(18635803):
        print(frame["annotation"]["objects"])
"""

from modeldouble.aio.job import AsyncJob
from modeldouble.aio.session import AsyncSession
from modeldouble.aio.transport import AsyncHttpTransport, AsyncTransport

__all__ = ["AsyncHttpTransport", "AsyncJob", "AsyncSession", "AsyncTransport"]
