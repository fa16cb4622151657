"""An OpenAPI document as a tree: operations by tag, schemas, and the details of the chosen one."""

from __future__ import annotations

import json
from html import escape
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTextBrowser,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.report.theme import Theme, font, label
from app.window.parts.panel import GRID, code_font
from app.window.parts.tree_items import children, top_items
from pipeline.english import counted

METHODS = ("get", "post", "put", "patch", "delete")
OTHER = "other"
DETAIL = int(Qt.ItemDataRole.UserRole)
MAX_DEPTH = 4
"""How deep nested schemas are spelled out."""

Document = dict[str, Any]


class OpenApiTree(QWidget):
    """Tree at the left, what the document says of the chosen entry at the right."""

    def __init__(self, theme: Theme) -> None:
        """Start without a document."""
        super().__init__()
        self._theme = theme
        self._document: Document = {}
        self.search = QLineEdit()
        self.search.setPlaceholderText("Filter operations and schemas")
        self.search.setAccessibleName("Filter operations and schemas")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        self.tree = QTreeWidget()
        self.tree.setHeaderHidden(True)
        self.tree.setColumnCount(2)
        self.tree.setUniformRowHeights(True)
        self.tree.setObjectName("outline")
        self.tree.setAccessibleName("Operations and schemas")
        self.tree.header().setStretchLastSection(True)
        self.tree.header().setSectionResizeMode(0, QHeaderView.ResizeMode.ResizeToContents)
        self.tree.currentItemChanged.connect(self._show_current)
        self.details = QTextBrowser()
        self.details.setAccessibleName("Details")
        self.details.setOpenLinks(False)
        self.details.document().setDocumentMargin(2 * GRID)
        self._note = label("", "muted")
        self._lay_out()

    def show_file(self, path: Path) -> None:
        """Show an OpenAPI document, or say that it can't be read."""
        self.tree.clear()
        self.details.clear()
        self._document = {}
        try:
            document = json.loads(path.read_bytes())
        except OSError:
            self._note.setText("The OpenAPI document was not made.")
            return
        except ValueError:
            self._note.setText(f"{path.name} is not JSON.")
            return
        self._document = document if isinstance(document, dict) else {}
        operations = self._add_operations()
        schemas = self._add_schemas()
        version = self._document.get("openapi", "?")
        words = f"{counted(operations, 'operation')}, {counted(schemas, 'schema')}"
        self._note.setText(f"OpenAPI {version}: {words}")
        first = self.tree.topLevelItem(0)
        if first is not None:
            self.tree.setCurrentItem(first.child(0) or first)

    def set_theme(self, theme: Theme) -> None:
        """Draw with another theme."""
        self._theme = theme
        for group in top_items(self.tree):
            for item in children(group):
                self._colour(item)
        self._show_current(self.tree.currentItem())

    def _add_operations(self) -> int:
        groups: dict[str, QTreeWidgetItem] = {}
        count = 0
        for path, verbs in self._document.get("paths", {}).items():
            for method in METHODS:
                operation = verbs.get(method)
                if operation is None:
                    continue
                tag = (operation.get("tags") or [OTHER])[0]
                if tag not in groups:
                    groups[tag] = self._group(tag)
                row = QTreeWidgetItem([method.upper(), path])
                row.setData(0, DETAIL, ("operation", method, path))
                row.setToolTip(1, operation.get("summary", ""))
                groups[tag].addChild(row)
                self._colour(row)
                count += 1
        return count

    def _add_schemas(self) -> int:
        schemas = self._document.get("components", {}).get("schemas", {})
        if schemas:
            group = self._group("schemas")
            group.setExpanded(False)
            for name in schemas:
                row = QTreeWidgetItem([name])
                row.setFirstColumnSpanned(True)
                row.setData(0, DETAIL, ("schema", name, ""))
                group.addChild(row)
                row.setFirstColumnSpanned(True)
        return len(schemas)

    def _group(self, name: str) -> QTreeWidgetItem:
        group = QTreeWidgetItem([name])
        group.setFont(0, font(13, 600))
        self.tree.addTopLevelItem(group)
        group.setFirstColumnSpanned(True)
        group.setExpanded(True)
        return group

    def _colour(self, item: QTreeWidgetItem) -> None:
        kind = item.data(0, DETAIL)
        if kind and kind[0] == "operation":
            face = code_font()
            face.setWeight(face.Weight.Bold)
            item.setFont(0, face)
            item.setForeground(0, QColor(self._theme.accent))

    def _filter(self, wanted: str) -> None:
        words = wanted.lower().split()
        for group in top_items(self.tree):
            shown = 0
            for child in children(group):
                text = f"{child.text(0)} {child.text(1)} {child.toolTip(1)}".lower()
                hidden = not all(word in text for word in words)
                child.setHidden(hidden)
                shown += not hidden
            group.setHidden(shown == 0)
            if words:
                group.setExpanded(True)

    def _show_current(self, item: QTreeWidgetItem | None) -> None:
        kind = item.data(0, DETAIL) if item is not None else None
        if kind is None:
            self.details.clear()
            return
        what, name, path = kind
        if what == "operation":
            text = self._operation(name, path)
        else:
            schema = self._document["components"]["schemas"][name]
            text = f"<h3>{escape(name)}</h3>{_paragraphs(schema)}{self._fields(schema)}"
        self.details.setHtml(f"<style>{self._style()}</style>{text}")

    def _style(self) -> str:
        theme = self._theme
        return (
            f"h3 {{ font-size: 17px; }} h4 {{ font-size: 13px; color: {theme.muted}; }}"
            f"td {{ padding: 3px 14px 3px 0; vertical-align: top; }}"
            f".muted {{ color: {theme.muted}; }}"
            f".method {{ color: {theme.accent}; font-weight: 600; }}"
            "code { font-family: monospace; font-size: 12px; }"
        )

    def _operation(self, method: str, path: str) -> str:
        operation: Document = self._document["paths"][path][method]
        parts = [
            f'<h3><span class="method">{method.upper()}</span> {escape(path)}</h3>',
            f"<p><b>{escape(operation.get('summary', ''))}</b></p>",
            _paragraphs(operation),
            self._callers(operation),
        ]
        if parameters := operation.get("parameters"):
            parts.append("<h4>Parameters</h4><table>")
            for each in map(self._resolve, parameters):
                need = "required" if each.get("required") else "optional"
                parts.append(
                    f'<tr><td width="150"><code>{escape(each.get("name", ""))}</code></td>'
                    f"<td>{escape(_type(each.get('schema', {})))}</td>"
                    f'<td class="muted">in {escape(each.get("in", ""))}, {need}</td>'
                    f'<td class="muted">{escape(each.get("description", ""))}</td></tr>'
                )
            parts.append("</table>")
        if body := operation.get("requestBody"):
            schema = _json_schema(self._resolve(body))
            parts.append(f"<h4>Body: {escape(_type(schema))}</h4>{self._fields(schema)}")
        for status, response in operation.get("responses", {}).items():
            response = self._resolve(response)
            schema = _json_schema(response)
            words = escape(response.get("description", ""))
            parts.append(f"<h4>{escape(status)}: {words}</h4>")
            if schema and str(status).startswith("2"):
                parts.append(f"<p><code>{escape(_type(schema))}</code></p>{self._fields(schema)}")
        return "".join(parts)

    def _callers(self, operation: Document) -> str:
        security = operation.get("security", self._document.get("security"))
        if not security:
            return '<p class="muted">Open to everybody.</p>'
        names = sorted({name for each in security for name in each})
        optional = any(not each for each in security)
        who = ", ".join(names) + (" or nobody" if optional else "")
        return f'<p class="muted">Caller: {escape(who)}.</p>'

    def _fields(self, schema: Document, depth: int = 0) -> str:
        schema = self._resolve(schema)
        if schema.get("type") == "array":
            schema = self._resolve(schema.get("items", {}))
        properties: Document = schema.get("properties", {})
        if not properties or depth >= MAX_DEPTH:
            return ""
        required = schema.get("required", [])
        rows = "".join(
            f'<tr><td width="150"><code>'
            f"{escape(name)}{'' if name in required else '?'}</code></td>"
            f'<td width="150">{escape(_type(each))}</td>'
            f'<td class="muted" width="150">{escape(_bounds(each))}</td>'
            f'<td class="muted">{escape(str(each.get("description", "")))}</td></tr>'
            for name, each in properties.items()
        )
        return f"<table>{rows}</table>"

    def _resolve(self, node: Document) -> Document:
        reference = node.get("$ref")
        for _ in range(MAX_DEPTH):
            if not isinstance(reference, str) or not reference.startswith("#/"):
                break
            found: Any = self._document
            for part in reference[2:].split("/"):
                found = found.get(part, {}) if isinstance(found, dict) else {}
            node = found if isinstance(found, dict) else {}
            reference = node.get("$ref")
        return node

    def _lay_out(self) -> None:
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.search)
        column.addWidget(self.tree, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(2 * GRID)
        split.addWidget(left)
        split.addWidget(self.details)
        split.setSizes([380, 620])
        split.setStretchFactor(1, 1)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(GRID)
        page.addWidget(self._note)
        page.addWidget(split, 1)


def _json_schema(holder: Document) -> Document:
    content: Document = holder.get("content", {})
    return content.get("application/json", {}).get("schema", {})


def _paragraphs(holder: Document) -> str:
    text = str(holder.get("description", ""))
    return "".join(f"<p>{escape(part)}</p>" for part in text.split("\n\n") if part)


def _type(schema: Document) -> str:
    if reference := schema.get("$ref"):
        return str(reference).rsplit("/", 1)[-1]
    for union in ("oneOf", "anyOf"):
        if union in schema:
            return " | ".join(_type(each) for each in schema[union])
    kind = schema.get("type", "any")
    if isinstance(kind, list):
        return " | ".join(str(each) for each in kind)
    if kind == "array":
        return f"{_type(schema.get('items', {}))}[]"
    if "enum" in schema:
        return " | ".join(json.dumps(each) for each in schema["enum"])
    return f"{kind} ({schema['format']})" if "format" in schema else str(kind)


def _bounds(schema: Document) -> str:
    names = {
        "minLength": "at least {} characters",
        "maxLength": "at most {} characters",
        "minimum": "≥ {}",
        "maximum": "≤ {}",
        "minItems": "at least {} items",
        "maxItems": "at most {} items",
        "default": "default {}",
    }
    return ", ".join(text.format(schema[name]) for name, text in names.items() if name in schema)
