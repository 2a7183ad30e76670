"""What a person does in the playground's page, in the words of a test."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

PICTURES = Path(__file__).parents[2] / "build" / "playground"
REP, COLLEAGUE, MANAGER, OPERATIONS, GUEST = "Rep", "Another rep", "Manager", "Sales operations", "Guest"

_DROP = """(zone, [name, text]) => {
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([text], name, { type: "text/plain" }));
  zone.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
}"""


@dataclass
class Tab:
    """One browser tab: what a person sees and does. `page` is Playwright's."""

    page: Any
    url: str

    async def become(self, role: str) -> None:
        """Act as somebody else."""
        if await self.page.get_by_label("Channels and people").is_visible():
            await self.page.get_by_label("Channels and people").click()
        await self.page.get_by_role("button", name=re.compile(rf"^Act as .*, {role}$")).click()
        await self.page.locator(".sidebar-head small", has_text=re.compile(rf"^{role}$")).wait_for(state="attached")

    async def go(self, name: str) -> None:
        """Open a channel by its name in the sidebar."""
        await self.page.locator(".sidebar").get_by_role("button", name=name).click()

    async def tab(self, name: str) -> None:
        """Open one of the app's tabs."""
        await self.page.get_by_role("tab", name=name).click()

    async def write(self, text: str, box: str = "Message Sales Coach") -> None:
        """Type into a composer and send."""
        await self.page.get_by_label(box, exact=True).fill(text)
        await self.page.keyboard.press("Enter")

    async def ask(self, text: str) -> Any:
        """Ask in direct messages; returns the coach's card in the thread that opened."""
        await self.write(text)
        card = self.thread.locator(".message", has=self.page.locator("[data-action=explain]")).last
        await card.wait_for()
        return card

    async def press(self, action: str) -> None:
        """Press the newest button or element with this action id."""
        await self.page.locator(f"[data-action^={action}]").last.click()

    async def choose(self, menu: str, entry: str) -> None:
        """Choose an entry of the menu whose first entry is `menu`."""
        select = self.page.locator("select", has=self.page.locator("option", has_text=menu)).first
        await select.select_option(label=entry)

    async def drop(self, name: str, text: str) -> None:
        """Drop a file onto the conversation."""
        await self.page.locator(".dropzone").first.evaluate(_DROP, [name, text])

    @property
    def place(self) -> dict[str, str]:
        """Where one looks, as the address says it: `in` (channel) and `thread`."""
        return dict(parse_qsl(urlsplit(self.page.url).fragment))

    @property
    def thread(self) -> Any:
        """The thread beside the conversation."""
        return self.page.get_by_label("Thread", exact=True).first

    @property
    def modal(self) -> Any:
        """The modal in front."""
        return self.page.locator("dialog.modal")

    async def picture(self, name: str) -> None:
        """Save what the tab shows, for a person to look at."""
        PICTURES.mkdir(parents=True, exist_ok=True)
        await self.page.wait_for_timeout(250)
        await self.page.screenshot(path=PICTURES / f"{name}.png")
