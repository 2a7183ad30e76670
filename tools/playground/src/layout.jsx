// One layout in use: a message, a Home tab or a modal; what was entered in it, and how to tell the app.
import { createContext, useCallback, useContext, useMemo, useRef, useState } from "react";

const Layout = createContext(null);

export const useLayout = () => useContext(Layout);

const SILENT_KINDS = new Set(["button", "workflow_button", "icon_button", "feedback_buttons", "overflow"]);

// An input is known by its block, an element elsewhere by its action.
export const keyOf = (block, element) => (block.type === "input" ? block.block_id : element.action_id);

const elementsOf = (block) => [...(block.elements ?? []), block.accessory, block.element].filter((one) => one?.action_id);
const keysOf = (blocks) => new Set(blocks.flatMap((block) => elementsOf(block).map((element) => keyOf(block, element))));

// `target` names the message or view in acts; `errors` are an app's objections by block id. What was entered
// stays while the app changes other parts of the layout, and is forgotten with its block.
export function LayoutProvider({ screen, act, notify, target, blocks, errors, onEdit, children }) {
  const [entered, setEntered] = useState({});
  const latest = useRef(entered);
  const here = useRef(blocks);
  here.current = blocks;
  const entries = useCallback(() => {
    const keys = keysOf(here.current);
    return Object.fromEntries(Object.entries(latest.current).filter(([key]) => keys.has(key)));
  }, []);

  const enter = useCallback((block, element, value) => {
    latest.current = { ...latest.current, [keyOf(block, element)]: value };
    setEntered(latest.current);
    onEdit?.(block.block_id);
  }, [onEdit]);

  const use = useCallback(async (block, element, value) => {
    const own = SILENT_KINDS.has(element.type) ? {} : { [keyOf(block, element)]: value };
    const outcome = await act({ act: "click", ...target, action_id: element.action_id, value, entries: { ...entries(), ...own } });
    if (!outcome.ok) notify(outcome.error, "bad");
    return outcome;
  }, [act, notify, target, entries]);

  const suggest = useCallback(
    (element, typed) => act({ act: "suggest", ...target, action_id: element.action_id, typed }),
    [act, target],
  );

  const value = useMemo(
    () => ({ screen, entered, entries, enter, use, suggest, errors: errors ?? {} }),
    [screen, entered, entries, enter, use, suggest, errors],
  );
  return <Layout.Provider value={value}>{children}</Layout.Provider>;
}
