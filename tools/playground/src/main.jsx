import { createRoot } from "react-dom/client";
import "@fontsource/lato/latin-400.css";
import "@fontsource/lato/latin-ext-400.css";
import "@fontsource/lato/latin-400-italic.css";
import "@fontsource/lato/latin-700.css";
import "@fontsource/lato/latin-ext-700.css";
import "@fontsource/lato/latin-900.css";
import "slack-blocks-to-jsx/dist/style.css";
import "./styles/base.css";
import "./styles/frame.css";
import "./styles/messages.css";
import "./styles/blocks.css";
import "./styles/modal.css";
import { App } from "./app.jsx";

createRoot(document.getElementById("root")).render(<App />);
