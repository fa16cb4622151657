"""Read what Ollama has stored: manifests name models, their blobs are GGUF files without a name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from engines.files.mlx_folder import read_json
from engines.protocol import ModelFileError

MANIFESTS = "manifests"
BLOBS = "blobs"
MODEL_LAYER = "application/vnd.ollama.image.model"
DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
DEFAULT_NAMESPACE = "library"


@dataclass(frozen=True)
class StoredModel:
    """A name and tag, and the blob that holds the weights."""

    name: str
    blob: Path


def models(store: Path) -> Iterator[StoredModel]:
    """List the models of a store, by manifests `<registry>/<namespace>/<model>/<tag>`.

    A manifest that can't be read names no model and is passed over.
    """
    top = store / MANIFESTS
    for manifest in sorted(top.glob("*/*/*/*")):
        try:
            layers = read_json(manifest).get("layers")
        except ModelFileError:
            continue
        digest = _weights(layers)
        if digest is None:
            continue
        _, namespace, model, tag = manifest.relative_to(top).parts
        name = f"{model}:{tag}" if namespace == DEFAULT_NAMESPACE else f"{namespace}/{model}:{tag}"
        yield StoredModel(name, store / BLOBS / digest.replace(":", "-"))


def _weights(layers: object) -> str | None:
    """Return the digest of the layer with the weights; None if there is none that is safe."""
    if not isinstance(layers, list):
        return None
    for layer in cast("list[object]", layers):
        if not isinstance(layer, dict):
            continue
        known = cast("dict[str, object]", layer)
        digest = known.get("digest")
        if known.get("mediaType") == MODEL_LAYER and isinstance(digest, str):
            return digest if DIGEST.fullmatch(digest) else None
    return None
