"""What a folder in MLX's (Hugging Face's) layout holds: `config.json` and safetensors headers.

Nothing is executed and no weight is read. Widths are read from the tensors where possible, since
configurations leave out what equals a default; which layers keep what follows mlx-lm 0.32.2.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import cast

from engines.files.facts import Facts, Kind
from engines.files.gguf_header import IncompleteFileError
from engines.files.safetensors import Array, read_arrays
from engines.memory.kv_cache import LayerCache
from engines.memory.mlx_layers import Config, layer_caches
from engines.protocol import ModelFileError

CONFIG = "config.json"
ADAPTER_CONFIG = "adapter_config.json"  # of a LoRA, by mlx-lm and by PEFT
INDEX = "model.safetensors.index.json"
WEIGHTS = "model*.safetensors"  # the files mlx-lm loads
JSON_LIMIT_BYTES = 64 << 20
TEXT_LIMIT_BYTES = 1 << 20
NOT_LANGUAGE = re.compile(
    r"(^|\.)(vision_tower|visual|vision_model|audio_tower|embed_vision|embed_audio|mtp"
    r"|multi_modal_projector|vision_embed_tokens)\."
)
"""Tensors that mlx-lm drops: it runs the language part only."""
PACKED = ".scales"
EXPERT_TENSOR = re.compile(r"\.(switch_mlp|switch_glu|experts)\.")
EMBEDDERS = frozenset("bert xlm-roberta roberta modernbert nomic_bert gemma3_embedding".split())
NOT_TEXT = frozenset("whisper t5 bart clip siglip vit wav2vec2 parakeet snac encodec".split())
WRITES = ("ForCausalLM", "ForConditionalGeneration", "LMHeadModel")


def read_facts(folder: Path) -> Facts:
    """Describe the model in a folder.

    Raises ModelFileError if it holds none or a damaged one, IncompleteFileError if files are
    missing or cut off.
    """
    require_config(folder)
    config = Config(read_json(folder / CONFIG))
    if not config.architecture:
        raise ModelFileError(
            f"{folder / CONFIG} does not name the model's type (model_type), so the model can't be "
            "run. Download or convert it again."
        )
    files = weight_files(folder)
    arrays = tuple(array for file in files for array in read_arrays(file))
    language = tuple(array for array in arrays if not NOT_LANGUAGE.search(array.name))
    if not language:
        raise ModelFileError(f"{folder} holds no weights of a language model. Download it again.")
    packed = {a.name.removesuffix(PACKED): a for a in language if a.name.endswith(PACKED)}
    sizes = {array.name: _parameters(array, packed, config) for array in language}
    parameters = sum(sizes.values())
    experts, used = config.number(*Config.EXPERTS), config.number(*Config.EXPERTS_USED)
    in_experts = sum(size for name, size in sizes.items() if EXPERT_TENSOR.search(name))
    resting = in_experts * (experts - used) // experts if 0 < used <= experts else 0
    heads = config.number("num_attention_heads")
    program = config.values.get("model_file")
    return Facts(
        name=folder_name(folder),
        format="mlx",
        kind=kind_of(folder, config),
        architecture=config.architecture,
        parameters=parameters,
        active_parameters=parameters - resting,
        quantization=_quantization(language, config),
        context_train_tokens=config.number("max_position_embeddings"),
        layers=config.number("num_hidden_layers", "n_layers"),
        embedding=config.number("hidden_size"),
        feed_forward=max(
            config.number("intermediate_size"), used * config.number("moe_intermediate_size")
        ),
        heads=heads,
        kv_heads=config.number("num_key_value_heads") or heads,
        experts=experts,
        experts_used=used,
        vocabulary=config.number("vocab_size"),
        tokenizer="tokenizer.json" if (folder / "tokenizer.json").exists() else "",
        tensor_bytes=sum(array.size_bytes for array in language),
        size_bytes=sum(file.stat().st_size for file in files),
        files=(folder / CONFIG, *files),
        chat_template=_chat_template(folder),
        license=None,
        caches=_caches(folder, config, language),
        program=None if program is None else str(program),
    )


def require_config(folder: Path) -> None:
    """Refuse a folder without a model's description. Raises ModelFileError."""
    if not (folder / CONFIG).is_file():
        raise ModelFileError(
            f"The folder {folder} holds no MLX model: it has no {CONFIG}. Name a .gguf file, or "
            "the folder with config.json and the .safetensors files; sixfold models lists those "
            "below a folder."
        )


def is_model_folder(folder: Path) -> bool:
    """Whether a folder looks like a model: a configuration, and weights or their index."""
    if not (folder / CONFIG).is_file():
        return False
    return (folder / INDEX).is_file() or any(folder.glob(WEIGHTS))


def weight_files(folder: Path) -> tuple[Path, ...]:
    """List the files with the weights, in order.

    Raises IncompleteFileError if one that the index names is missing.
    """
    wanted: set[str] = set()
    if (folder / INDEX).is_file():
        by_tensor = read_json(folder / INDEX).get("weight_map")
        if isinstance(by_tensor, dict):
            wanted = {str(name) for name in cast("dict[str, object]", by_tensor).values()}
    outside = sorted(name for name in wanted if Path(name).name != name)
    if outside:
        raise ModelFileError(f"{folder / INDEX} names '{outside[0]}' outside its folder; refused.")
    files = sorted(wanted) if wanted else sorted(path.name for path in folder.glob(WEIGHTS))
    missing = [name for name in files if not (folder / name).is_file()]
    if missing or not files:
        raise IncompleteFileError(
            f"{folder} lacks {len(missing) or 'all'} of its weight files"
            f"{', for one ' + missing[0] if missing else ''}. Download the rest."
        )
    return tuple(folder / name for name in files)


def read_json(path: Path) -> Mapping[str, object]:
    """Read a JSON object of bounded size; raises ModelFileError if it is missing or none."""
    try:
        if path.stat().st_size > JSON_LIMIT_BYTES:
            raise ModelFileError(f"{path} is too large for a description. Download it again.")
        value: object = json.loads(path.read_bytes())
    except FileNotFoundError:
        raise ModelFileError(f"There is no {path}, so it is no MLX model.") from None
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error.strerror}.") from error
    except (ValueError, RecursionError):
        raise ModelFileError(f"{path} is damaged: it is no JSON. Download it again.") from None
    if not isinstance(value, dict):
        raise ModelFileError(f"{path} is damaged: it is no JSON object. Download it again.")
    return cast("dict[str, object]", value)


def folder_name(folder: Path) -> str:
    """Return a model's name: its folder's, or in the Hugging Face cache its repository's."""
    for parent in (folder, *folder.parents):
        if parent.name.startswith("models--"):
            return parent.name.removeprefix("models--").replace("--", "/")
    return folder.name


def kind_of(folder: Path, config: Config) -> Kind:
    """Return whether a folder's model writes text, or else what it does."""
    pooled = (folder / "1_Pooling").exists() or (folder / "modules.json").exists()
    name = folder_name(folder).lower()
    if pooled or config.architecture in EMBEDDERS or "embedding" in name:
        return "embedding"
    classes = config.texts("architectures")
    if config.architecture in NOT_TEXT or (
        classes and not any(c.endswith(WRITES) for c in classes)
    ):
        return "other"
    return "model"


def _parameters(array: Array, packed: Mapping[str, Array], config: Config) -> int:
    """Count weights; packed ones by their scales, which stand for one group each."""
    stem, _, last = array.name.rpartition(".")
    if stem not in packed:
        return array.elements
    if last != "weight":
        return 0  # scales and biases are part of the number format
    bits, group = config.packing(stem)
    if array.type == "U32" and bits:
        return array.elements * 32 // bits
    return packed[stem].elements * group


def _quantization(arrays: tuple[Array, ...], config: Config) -> str:
    bits, _ = config.packing("")
    if bits:
        mode = config.packing_mode
        return f"{bits}-bit" if mode == "affine" else mode
    by_type: Counter[str] = Counter()
    for array in arrays:
        by_type[array.type] += array.size_bytes
    return by_type.most_common(1)[0][0]


def _caches(folder: Path, config: Config, arrays: tuple[Array, ...]) -> tuple[LayerCache, ...]:
    caches = layer_caches(config, arrays)
    if not caches:
        raise ModelFileError(
            f"{folder / CONFIG} does not say how many layers the model has. Download it again."
        )
    return caches


def _chat_template(folder: Path) -> str | None:
    """Return the chat template from where Hugging Face models keep it; None without one."""
    plain = folder / "chat_template.jinja"
    if plain.is_file() and plain.stat().st_size <= TEXT_LIMIT_BYTES:
        try:
            return plain.read_text("utf-8", "replace")
        except OSError as error:
            raise ModelFileError(f"{plain} can't be read: {error.strerror}.") from error
    for name in ("chat_template.json", "tokenizer_config.json"):
        if not (folder / name).is_file():
            continue
        template = read_json(folder / name).get("chat_template")
        if isinstance(template, list):  # several, by name
            named = [
                cast("dict[str, object]", t)
                for t in cast("list[object]", template)
                if isinstance(t, dict)
            ]
            chosen = next((t for t in named if t.get("name") == "default"), None)
            template = None if chosen is None else chosen.get("template")
        if isinstance(template, str) and template:
            return template
    return None
