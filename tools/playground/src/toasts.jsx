import { useCallback, useState } from "react";
import { Icon } from "./icons.jsx";

const STAYS_MS = 6000;
let lastId = 0;

export function useToasts() {
  const [shown, setShown] = useState([]);
  const dismiss = useCallback((id) => setShown((all) => all.filter((one) => one.id !== id)), []);
  const notify = useCallback((text, tone = "plain") => {
    const id = ++lastId;
    setShown((all) => [...all.slice(-2), { id, text, tone }]);
    setTimeout(() => dismiss(id), STAYS_MS);
  }, [dismiss]);
  return { shown, notify, dismiss };
}

export function Toasts({ shown, dismiss }) {
  return (
    <div className="toasts" role="status" aria-live="polite">
      {shown.map(({ id, text, tone }) => (
        <p key={id} className={`toast ${tone}`}>
          {tone === "bad" && <Icon name="warning" size={17} />}
          <span>{text}</span>
          <button type="button" className="icon-button" aria-label="Dismiss" onClick={() => dismiss(id)}><Icon name="close" size={15} /></button>
        </p>
      ))}
    </div>
  );
}
