// Elements a person presses or chooses from, outside of inputs and within.
import { useEffect, useId, useRef, useState } from "react";
import { ConfirmDialog } from "./dialogs.jsx";
import { Field, FIELD_KINDS } from "./fields.jsx";
import { Icon } from "./icons.jsx";
import { useLayout } from "./layout.jsx";

export function Element({ block, element }) {
  switch (element.type) {
    case "button":
    case "workflow_button":
      return <Button block={block} element={element} />;
    case "icon_button":
      return <IconButton block={block} element={element} />;
    case "feedback_buttons":
      return <Feedback block={block} element={element} />;
    case "overflow":
      return <Overflow block={block} element={element} />;
    case "image":
      return null;
    default:
      return FIELD_KINDS.has(element.type) ? <Chooser block={block} element={element} /> : null;
  }
}

// Presses once at a time; asks first where the app wants it.
function usePress(block, element) {
  const { use } = useLayout();
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(null);
  const alive = useRef(true);
  useEffect(() => {
    alive.current = true;
    return () => { alive.current = false; };
  }, []);

  async function send(value) {
    setAsking(null);
    setBusy(true);
    await use(block, element, value);
    if (alive.current) setBusy(false);
  }
  const press = (value) => (element.confirm ? setAsking({ value }) : send(value));
  const dialog = asking && (
    <ConfirmDialog confirm={element.confirm} onYes={() => send(asking.value)} onNo={() => setAsking(null)} />
  );
  return { busy, press, dialog };
}

const WEB = /^https?:/i;

function Button({ block, element }) {
  const { busy, press, dialog } = usePress(block, element);
  const pressed = () => {
    if (WEB.test(element.url ?? "")) window.open(element.url, "_blank", "noopener,noreferrer");
    press(element.value);
  };
  return (
    <>
      <button type="button" className={`button ${element.style ?? ""} ${busy ? "busy" : ""}`} aria-busy={busy}
        aria-label={element.accessibility_label} data-action={element.action_id} onClick={busy ? undefined : pressed}>
        <span>{element.text?.text}</span>
      </button>
      {dialog}
    </>
  );
}

const ICONS = { trash: "close" };

function IconButton({ block, element }) {
  const { busy, press, dialog } = usePress(block, element);
  return (
    <>
      <button type="button" className="icon-button" aria-busy={busy} data-action={element.action_id}
        aria-label={element.accessibility_label ?? element.text?.text} title={element.text?.text} onClick={() => press(element.value)}>
        <Icon name={ICONS[element.icon] ?? "more"} size={16} />
      </button>
      {dialog}
    </>
  );
}

function Feedback({ block, element }) {
  const { busy, press } = usePress(block, element);
  const [given, setGiven] = useState(null);
  const rate = (button) => {
    setGiven(button.value);
    press(button.value);
  };
  const thumb = (name, button) => (
    <button type="button" className="icon-button" aria-pressed={given === button.value} disabled={busy} data-action={element.action_id}
      aria-label={button.accessibility_label ?? button.text.text} title={button.text.text} onClick={() => rate(button)}>
      <Icon name={name} size={17} />
    </button>
  );
  return <span className="feedback">{thumb("up", element.positive_button)}{thumb("down", element.negative_button)}</span>;
}

function Overflow({ block, element }) {
  const { busy, press, dialog } = usePress(block, element);
  const [open, setOpen] = useState(false);
  const menu = useRef(null);
  const button = useRef(null);
  const id = useId();

  useEffect(() => {
    if (!open) return undefined;
    menu.current.querySelector("button")?.focus();
    const away = (event) => { if (!menu.current?.contains(event.target) && !button.current.contains(event.target)) setOpen(false); };
    document.addEventListener("pointerdown", away);
    return () => document.removeEventListener("pointerdown", away);
  }, [open]);

  function walk(event) {
    const items = [...menu.current.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
    }
    if (event.key === "Escape" || event.key === "Tab") {
      event.stopPropagation();
      setOpen(false);
      button.current.focus();
    }
  }
  const choose = (option) => {
    setOpen(false);
    button.current.focus();
    press(option.value);
  };
  return (
    <span className="overflow">
      <button ref={button} type="button" className="icon-button boxed" aria-haspopup="menu" aria-expanded={open} aria-controls={id}
        aria-busy={busy} aria-label="More actions" data-action={element.action_id} onClick={() => setOpen(!open)}>
        <Icon name="more" />
      </button>
      {open && (
        <div ref={menu} id={id} role="menu" className="menu" onKeyDown={walk}>
          {element.options.map((option) => (
            <button key={option.value} type="button" role="menuitem" onClick={() => choose(option)}>{option.text.text}</button>
          ))}
        </div>
      )}
      {dialog}
    </span>
  );
}

// A select, picker or set of boxes outside an input: the app hears of each choice.
function Chooser({ block, element }) {
  const { entered, enter, use } = useLayout();
  const choose = (value) => {
    enter(block, element, value);
    if (value !== "") use(block, element, value);
  };
  return <Field block={block} element={element} value={entered[element.action_id]} onChange={choose} label={element.placeholder?.text} />;
}
