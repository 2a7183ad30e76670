import { useLayoutEffect, useRef } from "react";

// The browser's own dialog keeps the focus inside, everything behind it still, and gives the focus back.
export function Dialog({ className, label, onCancel, children }) {
  const dialog = useRef(null);
  useLayoutEffect(() => {
    const shown = dialog.current;
    if (!shown.open) shown.showModal();
    return () => shown.close();
  }, []);
  const cancel = (event) => {
    event.preventDefault();
    onCancel();
  };
  return <dialog ref={dialog} className={className} aria-label={label} onCancel={cancel}>{children}</dialog>;
}

export function ConfirmDialog({ confirm, onYes, onNo }) {
  return (
    <Dialog className="modal confirm" label={confirm.title?.text ?? "Confirm"} onCancel={onNo}>
      <header><h2>{confirm.title?.text}</h2></header>
      <p className="modal-body">{confirm.text?.text}</p>
      <footer>
        <button type="button" className="button" onClick={onNo}>{confirm.deny?.text ?? "Cancel"}</button>
        <button type="button" className={`button ${confirm.style ?? "primary"}`} onClick={onYes}>{confirm.confirm?.text ?? "Yes"}</button>
      </footer>
    </Dialog>
  );
}
