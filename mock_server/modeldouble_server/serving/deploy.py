"""Which model is deployed, and where: what can be deployed, deploy, freeze."""

from copy import deepcopy

from aiohttp import web

from .. import deployment
from ..answer import answer
from ..deployment import Freezing
from ..refusal import Refused, shown
from .call import Call


async def deploy_info(call: Call) -> web.Response:
    """get_deploy_info"""
    await call.body()
    return answer(call.model.deployment.told())


async def deploy_settings(call: Call) -> web.Response:
    """get_deploy_settings"""
    await call.body()
    return answer(deployment.SETTINGS)


async def pretrained_models(call: Call) -> web.Response:
    """list_pretrained_models: their names."""
    await call.body()
    return answer(call.model.deployment.names())


async def pretrained_model_infos(call: Call) -> web.Response:
    """list_pretrained_model_infos: what the app knows of each."""
    await call.body()
    return answer(call.model.deployment.pretrained)


async def deploy_from_api(call: Call) -> web.Response:
    """deploy_from_api: the deploy info changes, the predictions do not."""
    state = await call.state()
    params, name = state.keys.get("deploy_params"), state.keys.get("model_name")
    if not isinstance(params, dict):
        text = f"{state.where}.deploy_params is {shown(params)}; send an object with model_source"
        raise Refused(400, text, "deploy")
    if name is not None and not isinstance(name, str):
        raise Refused(400, f"{state.where}.model_name is {shown(name)}; send a text", "deploy")
    try:
        # What is refused must not become a change that lies in the store.
        deepcopy(call.model.deployment).deploy(params, name)
        await call.model.ledger.make({"kind": "deploy", "params": params, "name": name})
    except Refused as refused:
        call.model.noticer.note("deploy-refused", refused.text)
        raise
    call.model.noticer.note(
        "deployed-in-name", f"model {shown(call.model.deployment.told()['model_name'])} was deployed"
    )
    return answer({"result": "model was successfully deployed"})


async def freeze_model(call: Call) -> web.Response:
    """freeze_model: also a failure is a 200."""
    await call.body()
    said = deepcopy(call.model.deployment).freeze()
    if said is Freezing.DONE:
        said = await call.model.ledger.make({"kind": "freeze"})
    return answer({"message": said.value})
