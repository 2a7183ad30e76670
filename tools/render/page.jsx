// Shows one message, modal or Home tab the way Slack's desktop client does.
import { createRoot } from "react-dom/client";
import { Message } from "slack-blocks-to-jsx";
import "slack-blocks-to-jsx/dist/style.css";
import "./page.css";

const payload = window.PAYLOAD;

// Slack formats verbatim mrkdwn and only stops guessing links; the renderer would show it raw.
const withoutVerbatim = (key, value) => (key === "verbatim" ? undefined : value);
const blocks = JSON.parse(JSON.stringify(payload.blocks, withoutVerbatim));

createRoot(document.getElementById("root")).render(
  <Message
    blocks={blocks}
    name="Sales Coach"
    logo="data:image/svg+xml;utf8,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 36 36'><rect width='36' height='36' rx='8' fill='%231d3b2a'/><path d='M9 24l6-7 5 4 7-10' stroke='white' stroke-width='3' fill='none' stroke-linecap='round' stroke-linejoin='round'/></svg>"
    time={new Date(payload.time ?? 1763627400000)}
    data={{ users: [], channels: [] }}
    showBlockKitDebug={false}
  />,
);
