// An input block: label, field, hint, and what is wrong with what was entered.
import { useId } from "react";
import { Field, initialOf } from "./fields.jsx";
import { useLayout } from "./layout.jsx";

export const REQUIRED = "Please complete this required field.";

export function Input({ block }) {
  const { entered, enter, use, errors } = useLayout();
  const id = useId();
  const { element } = block;
  const error = errors[block.block_id];
  const change = (value) => {
    enter(block, element, value);
    if (block.dispatch_action && value !== "" && !element.type.endsWith("_input")) use(block, element, value);
  };
  const grouped = ["radio_buttons", "checkboxes"].includes(element.type) || element.type.startsWith("multi_");
  const Label = grouped ? "div" : "label";
  return (
    <div className={`input-block ${error ? "wrong" : ""}`}>
      <Label className="label" {...(grouped ? {} : { htmlFor: id })}>
        {block.label.text}{block.optional && <span className="optional"> (optional)</span>}
      </Label>
      <Field block={block} element={element} value={entered[block.block_id]} onChange={change} label={block.label.text}
        inputId={grouped ? undefined : id} invalid={Boolean(error)} describedBy={error ? `${id}-error` : `${id}-hint`} />
      {error ? <p className="error" id={`${id}-error`} role="alert">{error}</p>
        : block.hint && <p className="hint" id={`${id}-hint`}>{block.hint.text}</p>}
    </div>
  );
}

// Required inputs that hold nothing, as errors by block id.
export function unfilled(blocks, entries) {
  const missing = blocks.filter((block) => {
    if (block.type !== "input" || block.optional) return false;
    const value = entries[block.block_id] ?? initialOf(block.element);
    return Array.isArray(value) ? value.length === 0 : value === "";
  });
  return Object.fromEntries(missing.map((block) => [block.block_id, REQUIRED]));
}
