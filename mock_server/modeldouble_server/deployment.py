"""What of a model is deployed, and where: changed by deploy_from_api, freeze_model and the next inference."""

from collections.abc import Mapping, Sequence
from enum import Enum
from typing import Any

from .refusal import Refused, shown

PRETRAINED, CUSTOM, EXTERNAL = "Pretrained models", "Custom models", "External models"
_PYTORCH = "PyTorch"
_CPU = "cpu"
_TRANSIENT = "without_workflow"

SETTINGS = [
    {"name": "model_files", "type": "dict", "default": None, "doc": "Files of the model, the checkpoint among them."},
    {"name": "model_info", "type": "dict", "default": None, "doc": "What is known of the model, such as its name."},
    {"name": "model_source", "type": "str", "default": None, "doc": f"{PRETRAINED}, {CUSTOM} or {EXTERNAL}."},
    {"name": "device", "type": "str", "default": None, "doc": "Where it runs: cpu, cuda, cuda:0, ..."},
    {"name": "runtime", "type": "str", "default": None, "doc": "PyTorch, ONNXRuntime or TensorRT."},
]
"""The parameters that the fake's model is loaded with, as a real app reads them off its `load_model`."""


class Freezing(Enum):
    """What became of a wish to freeze, in the real app's words."""

    DONE = "Model is frozen."
    ALREADY = "Model is already frozen."
    FAILED = "Failed to freeze model. Check the logs for details."


class Deployment:
    """The deployment of one model. It is never without one: a deployment that is refused leaves the last as it was."""

    def __init__(self, info: Mapping[str, Any], pretrained: Sequence[Mapping[str, Any]]) -> None:
        self._info = dict(info)
        self._default_device = info.get("device")
        self.pretrained = [dict(one) for one in pretrained]
        """Models that can be deployed by name, as list_pretrained_model_infos tells them."""
        self.frozen = False
        self.thawed = False
        """It was thawed by an inference here, which others have to be told."""

    def told(self) -> dict[str, Any]:
        """The twelve keys of get_deploy_info. A frozen model is on the CPU; its parameters say where it will run."""
        return {**self._info, "device": _CPU} if self.frozen else dict(self._info)

    def names(self) -> list[str]:
        """Names of the models that can be deployed by name."""
        return [_name(one) for one in self.pretrained]

    def freeze(self) -> Freezing:
        """Move the model to the CPU. One that was not loaded by parameters, or is there already, cannot be frozen."""
        if self.frozen:
            return Freezing.ALREADY
        runtime = str(self._info.get("runtime") or _PYTORCH)
        movable = self._info.get("deploy_params") and runtime.lower() == _PYTORCH.lower()
        self.frozen = bool(movable) and self._info.get("device") != _CPU
        return Freezing.DONE if self.frozen else Freezing.FAILED

    def thaw(self) -> None:
        """An inference begins: a frozen model goes back to its device."""
        self.thawed = self.thawed or self.frozen
        self.frozen = False

    def deploy(self, params: Mapping[str, Any], model_name: str | None) -> None:
        """Deploy with parameters as deploy_from_api takes them; what a real app fails on is a 400."""
        source = params.get("model_source")
        if source not in (PRETRAINED, CUSTOM, EXTERNAL):
            raise _refused(f"model_source is {shown(source)}; send {PRETRAINED!r}, {CUSTOM!r} or {EXTERNAL!r}")
        named = self._named(model_name) if source == PRETRAINED and model_name else {}
        given = {**params, **named, "runtime": params.get("runtime") or _PYTORCH}
        given["device"] = params.get("device") or self._default_device or _CPU
        checkpoint, model_info = _checkpoint(given), _object(given, "model_info")
        for key in ("device", "runtime"):
            if not isinstance(given[key], str):
                raise _refused(f"{key} is {shown(given[key])}; send a text")
        given.pop(_TRANSIENT, None)
        self.frozen = False
        self._info |= {
            **_identity(source, checkpoint, model_info, self._info),
            "checkpoint_name": checkpoint.rpartition("/")[2],
            "model_source": source,
            "device": given["device"],
            "runtime": given["runtime"],
            "model_precision": str(given.get("model_precision") or "FP32"),
            "deploy_params": given,
        }

    def _named(self, model_name: str) -> dict[str, Any]:
        found = next((one for one in self.pretrained if _name(one).lower() == model_name.lower()), None)
        if found is None:
            known = ", ".join(self.names()) or "no model"
            raise Refused(
                400, f"state.model_name {model_name[:64]!r} is not known; this app can deploy {known}", "deploy"
            )
        return {"model_files": dict(found["meta"]["model_files"]), "model_info": dict(found)}


def _identity(source: str, checkpoint: str, model_info: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Name, architecture and place of the checkpoint, which a real app takes from elsewhere for each source."""
    architecture = before.get("architecture")
    if source == PRETRAINED:
        return {
            "model_name": _name(model_info),
            "architecture": architecture,
            "checkpoint_url": checkpoint,
            "custom_checkpoint_path": None,
        }
    own = {"checkpoint_url": None, "custom_checkpoint_path": checkpoint}
    if source == EXTERNAL:
        return {"model_name": "External Model", "architecture": architecture, **own}
    return {
        "model_name": _text(model_info, "model_name"),
        "architecture": _text(model_info, "framework_name"),
        **own,
    }


def _checkpoint(params: Mapping[str, Any]) -> str:
    checkpoint = _object(params, "model_files").get("checkpoint")
    if not isinstance(checkpoint, str) or not checkpoint:
        raise _refused(f"model_files.checkpoint is {shown(checkpoint)}; send the path or URL of the checkpoint")
    return checkpoint


def _object(params: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = params.get(key)
    if not isinstance(value, dict):
        raise _refused(f"{key} is {shown(value)}; send an object, or state.model_name of a pretrained model")
    return value


def _text(info: Mapping[str, Any], key: str) -> str | None:
    value = info.get(key)
    return None if value is None else str(value)


def _name(info: Mapping[str, Any]) -> str:
    """The name of a pretrained model: in its `meta`, or beside it."""
    meta = info.get("meta")
    name = meta.get("model_name") if isinstance(meta, dict) else None
    return str(name or info.get("model_name") or "")


def _refused(text: str) -> Refused:
    return Refused(400, f"state.deploy_params.{text}", "deploy")
