// A layout of blocks: what only shows is drawn by slack-blocks-to-jsx, what can be used by `elements.jsx`.
//
// Invariant: text from messages reaches the page as React text only, and links lead to the web or nowhere.
import { Component, memo } from "react";
import { Message } from "slack-blocks-to-jsx";
import { DataTable } from "./data_table.jsx";
import { Element } from "./elements.jsx";
import { Input } from "./inputs.jsx";
import { useLayout } from "./layout.jsx";
import { dated, instant } from "./time.js";

const SAFE_LINK = /^(https?:|mailto:)/i;

function SafeLink({ href, children }) {
  if (!SAFE_LINK.test(href ?? "")) return <span>{children}</span>;
  return <a className="link" href={href} target="_blank" rel="noopener noreferrer">{children}</a>;
}

const HOOKS = {
  link: (link) => <SafeLink {...link} />,
  atHere: () => <span className="broadcast">@here</span>,
  atChannel: () => <span className="broadcast">@channel</span>,
  atEveryone: () => <span className="broadcast">@everyone</span>,
  date: (date) => <SlackDate {...date} />,
};

// The workspace's clock may be ahead of this machine's, so that "today" is the workspace's.
function SlackDate({ timestamp, format, fallback }) {
  const { screen } = useLayout();
  return <time dateTime={instant(timestamp).toISOString()} title={fallback}>{dated(format, timestamp, screen.now)}</time>;
}

// Slack formats verbatim mrkdwn and only stops guessing links; the renderer would show it raw.
const withoutVerbatim = (key, value) => (key === "verbatim" ? undefined : value);

const Drawn = memo(
  function Drawn({ text, people }) {
    const users = Object.entries(people).map(([id, person]) => ({ id, name: person.name }));
    return <Message withoutWrapper theme="light" blocks={JSON.parse(text)} data={{ users, channels: [] }} hooks={HOOKS} />;
  },
  (before, after) => before.text === after.text,
);

class Fence extends Component {
  state = { broken: false };

  static getDerivedStateFromError() {
    return { broken: true };
  }

  render() {
    return this.state.broken ? <p className="undrawable">This block could not be drawn.</p> : this.props.children;
  }
}

export function Static({ blocks }) {
  const { screen } = useLayout();
  return (
    <Fence>
      <Drawn text={JSON.stringify(blocks, withoutVerbatim)} people={screen.people} />
    </Fence>
  );
}

function Section({ block }) {
  const { accessory, ...words } = block;
  return (
    <div className="section-with-accessory">
      <div className="section-words"><Static blocks={[words]} /></div>
      <div className="accessory"><Element block={block} element={accessory} /></div>
    </div>
  );
}

function Row({ block, className }) {
  return (
    <div className={className}>
      {block.elements.map((element, index) => <Element key={element.action_id ?? index} block={block} element={element} />)}
    </div>
  );
}

function Card({ block }) {
  const { actions, ...rest } = block;
  return (
    <div className="card-with-actions">
      <Static blocks={[rest]} />
      <Row block={{ ...block, elements: actions }} className="actions" />
    </div>
  );
}

function Container({ block }) {
  return (
    <section className="container-block">
      {block.title && <h4>{block.title.text}</h4>}
      <Blocks blocks={block.child_blocks ?? []} />
    </section>
  );
}

// Null for blocks that only show; those are drawn together with their neighbours.
function usable(block) {
  if (block.type === "actions") return <Row block={block} className="actions" />;
  if (block.type === "context_actions") return <Row block={block} className="context-actions" />;
  if (block.type === "input") return <Input block={block} />;
  if (block.type === "section" && block.accessory && block.accessory.type !== "image") return <Section block={block} />;
  if (block.type === "card" && block.actions?.length) return <Card block={block} />;
  if (block.type === "carousel") return <div className="carousel-block"><Blocks blocks={block.elements} /></div>;
  if (block.type === "container") return <Container block={block} />;
  if (block.type === "data_table") return <DataTable block={block} />;
  if (block.type === "table") return <div className="wide"><Static blocks={[block]} /></div>;
  return null;
}

export function Blocks({ blocks }) {
  const parts = [];
  for (const block of blocks) {
    const drawn = usable(block);
    if (drawn) parts.push({ key: block.block_id, drawn });
    else if (parts.at(-1)?.quiet) parts.at(-1).quiet.push(block);
    else parts.push({ key: block.block_id, quiet: [block] });
  }
  return (
    <div className="blocks">
      {parts.map((part, index) => (
        <div className="block" key={part.key ?? index}>{part.drawn ?? <Static blocks={part.quiet} />}</div>
      ))}
    </div>
  );
}

export function Words({ text }) {
  return <Static blocks={[{ type: "section", block_id: "words", text: { type: "mrkdwn", text } }]} />;
}
