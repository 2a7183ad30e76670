import { useMemo } from "react";
import { Blocks } from "./blocks.jsx";
import { LayoutProvider } from "./layout.jsx";

export function Home({ screen, desk, opened }) {
  const view = screen.home;
  const target = useMemo(() => (view ? { view: view.id } : null), [view?.id]);
  if (!view) return <p className="loading" role="status">{opened ? "The Home tab is being prepared…" : "Opening…"}</p>;
  return (
    <div className="home" tabIndex={0} role="region" aria-label="Home">
      <div className="home-content">
        <LayoutProvider screen={screen} act={desk.act} notify={desk.notify} target={target} blocks={view.blocks}>
          <Blocks blocks={view.blocks} />
        </LayoutProvider>
      </div>
    </div>
  );
}
