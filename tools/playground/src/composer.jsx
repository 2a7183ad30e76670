import { useId, useLayoutEffect, useRef, useState } from "react";
import { Icon } from "./icons.jsx";

const drafts = new Map();

// Slash commands at the beginning of a line, the coach's name after an @.
function offersFor(text, caret, screen, threaded) {
  if (!threaded && /^\/[\w-]*$/.test(text)) {
    return screen.commands.filter((one) => one.command.startsWith(text))
      .map((one) => ({ label: one.command, about: one.description, hint: one.usage_hint, text: `${one.command} `, caret: one.command.length + 1 }));
  }
  const typed = /(^|\s)@([\w ]{0,20})$/.exec(text.slice(0, caret));
  if (!typed) return [];
  const from = caret - typed[2].length - 1;
  return Object.values(screen.people).filter((person) => person.name.toLowerCase().startsWith(typed[2].toLowerCase()))
    .sort((one, other) => Number(other.is_bot) - Number(one.is_bot)).slice(0, 5)
    .map(({ name, is_bot }) => ({ label: `@${name}`, about: is_bot ? "App" : "", text: `${text.slice(0, from)}@${name} ${text.slice(caret)}`, caret: from + name.length + 2 }));
}

export function Composer({ screen, channel, onSend, onFile, hint, threaded }) {
  const place = `${screen.me}:${channel.id}:${threaded ? "thread" : "main"}`;
  const [text, setText] = useState(drafts.get(place) ?? "");
  const [caret, setCaret] = useState(0);
  const [chosen, setChosen] = useState(0);
  const [dismissed, setDismissed] = useState(null);
  const moveCaret = useRef(null);
  const box = useRef(null);
  const picker = useRef(null);
  const id = useId();
  const offers = dismissed === text ? [] : offersFor(text, caret, screen, threaded);

  useLayoutEffect(() => {
    if (moveCaret.current !== null) box.current.setSelectionRange(moveCaret.current, moveCaret.current);
    moveCaret.current = null;
    box.current.style.height = "auto";
    box.current.style.height = `${Math.min(box.current.scrollHeight, 260)}px`;
  }, [text]);

  function change(value, at = value.length) {
    drafts.set(place, value);
    setText(value);
    setCaret(at);
    setChosen(0);
  }
  function send() {
    if (!text.trim()) return;
    onSend(text.trim());
    change("");
  }
  function take(offer) {
    moveCaret.current = offer.caret;
    change(offer.text, offer.caret);
    box.current.focus();
  }
  function keys(event) {
    if (offers.length > 0) {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) { event.preventDefault(); return setChosen((chosen + step + offers.length) % offers.length); }
      const whole = offers[chosen].text.trim() === text.trim();
      if ((event.key === "Enter" && !whole) || event.key === "Tab") { event.preventDefault(); return take(offers[chosen]); }
      if (event.key === "Escape") { event.stopPropagation(); return setDismissed(text); }
    }
    if (event.key === "Enter" && !event.shiftKey && !event.nativeEvent.isComposing) {
      event.preventDefault();
      send();
    }
    return undefined;
  }

  return (
    <div className="composer">
      {offers.length > 0 && (
        <ul className="offers" role="listbox" id={`${id}-offers`} aria-label="Suggestions">
          {offers.map((offer, index) => (
            <li key={offer.label} role="option" aria-selected={index === chosen} onPointerDown={(event) => { event.preventDefault(); take(offer); }}>
              <b>{offer.label}</b> {offer.hint && <i>[{offer.hint}]</i>} <span>{offer.about}</span>
            </li>
          ))}
        </ul>
      )}
      <div className="composer-box">
        <textarea ref={box} rows={1} value={text} placeholder={hint} aria-label={hint} aria-controls={offers.length ? `${id}-offers` : undefined}
          onChange={(event) => change(event.target.value, event.target.selectionStart)} onKeyDown={keys} />
        <div className="composer-tools">
          <button type="button" className="icon-button" aria-label="Attach a file" title="Attach a file" onClick={() => picker.current.click()}><Icon name="plus" /></button>
          <input ref={picker} type="file" hidden aria-label="File" onChange={(event) => {
            for (const file of event.target.files) onFile(file);
            event.target.value = "";
          }} />
          <span className="composer-hint">{threaded ? "" : channel.is_im ? "Enter sends · Shift+Enter makes a new line" : "/ for commands"}</span>
          <button type="button" className={`send ${text.trim() ? "ready" : ""}`} aria-label="Send" disabled={!text.trim()} onClick={send}><Icon name="send" size={17} /></button>
        </div>
      </div>
    </div>
  );
}
