import { useRef, useState } from "react";
import { Icon } from "./icons.jsx";

export function Dropzone({ onFile, children }) {
  const [over, setOver] = useState(false);
  const depth = useRef(0);
  const carriesFiles = (event) => [...event.dataTransfer.types].includes("Files");
  const move = (by) => (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current += by;
    setOver(depth.current > 0);
  };
  const drop = (event) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = 0;
    setOver(false);
    for (const file of event.dataTransfer.files) onFile(file);
  };
  return (
    <div className="dropzone" onDragEnter={move(1)} onDragLeave={move(-1)} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      {children}
      {over && <div className="drop-here"><p><Icon name="file" size={34} />Drop notes or a transcript here</p></div>}
    </div>
  );
}
