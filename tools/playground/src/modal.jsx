// The front modal of the stack: filled in here, submitted as a whole, sent back with what is wrong.
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Blocks } from "./blocks.jsx";
import { Dialog } from "./dialogs.jsx";
import { CoachMark, Icon } from "./icons.jsx";
import { unfilled } from "./inputs.jsx";
import { LayoutProvider, useLayout } from "./layout.jsx";

export function ModalStack({ screen, desk }) {
  const view = screen.modals.at(-1);
  return view ? <Modal key={view.id} view={view} depth={screen.modals.length} screen={screen} desk={desk} /> : null;
}

function Modal({ view, depth, screen, desk }) {
  const [errors, setErrors] = useState({});
  const [problem, setProblem] = useState(null);
  const target = useMemo(() => ({ view: view.id }), [view.id]);
  const mended = useCallback((blockId) => setErrors(({ [blockId]: _, ...others }) => others), []);
  const close = async (clear) => {
    const outcome = await desk.act({ act: "close", clear });
    if (!outcome.ok) desk.notify(outcome.error, "bad");
  };
  return (
    <Dialog className="modal" label={view.title.text} onCancel={() => close(false)}>
      <LayoutProvider screen={screen} act={desk.act} notify={(text) => setProblem(text)} target={target} blocks={view.blocks} errors={errors} onEdit={mended}>
        <Form {...{ view, depth, desk, errors, setErrors, problem, setProblem, close }} />
      </LayoutProvider>
    </Dialog>
  );
}

function Form({ view, depth, desk, errors, setErrors, problem, setProblem, close }) {
  const { entries } = useLayout();
  const [busy, setBusy] = useState(false);
  const form = useRef(null);

  useEffect(() => {
    const wrong = form.current.querySelector(".input-block.wrong");
    wrong?.scrollIntoView({ block: "nearest" });
    wrong?.querySelector("input, textarea, select")?.focus();
  }, [errors]);

  async function submit(event) {
    event.preventDefault();
    const kept = entries();
    const missing = unfilled(view.blocks, kept);
    setErrors(missing);
    setProblem(null);
    if (Object.keys(missing).length > 0) return;
    setBusy(true);
    const outcome = await desk.act({ act: "submit", view: view.id, entries: kept });
    setBusy(false);
    if (outcome.errors) setErrors(outcome.errors);
    else if (!outcome.ok) setProblem(outcome.error);
  }

  return (
    <form ref={form} onSubmit={submit} noValidate>
      <header>
        {depth > 1 ? <button type="button" className="icon-button" aria-label="Back" onClick={() => close(false)}><Icon name="back" size={20} /></button> : <CoachMark size={30} />}
        <h2>{view.title.text}</h2>
        <button type="button" className="icon-button" aria-label="Close" onClick={() => close(true)}><Icon name="close" size={20} /></button>
      </header>
      <div className="modal-body" tabIndex={-1}>
        {problem && <p className="problem" role="alert"><Icon name="warning" /> {problem}</p>}
        <Blocks blocks={view.blocks} />
      </div>
      <footer>
        <button type="button" className="button" onClick={() => close(false)}>{view.close?.text ?? (view.submit ? "Cancel" : "Close")}</button>
        {view.submit && (
          <button type="submit" className={`button primary ${busy ? "busy" : ""}`} disabled={busy} aria-busy={busy}><span>{view.submit.text}</span></button>
        )}
      </footer>
    </form>
  );
}
