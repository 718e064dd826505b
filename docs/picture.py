"""Make docs/chat.png, the picture of the README: `make picture`."""

import shutil
import socket
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from qa.chain import Chain
from qa.config import BRIEFS, Settings
from qa.web import build_page, launch


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as index, sync_playwright() as playwright:
        chain = Chain(Settings(articles=BRIEFS, index=Path(index)))
        chain.sync()
        url = launch(build_page(chain), port=port)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium") or shutil.which("google-chrome"), args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": 1280, "height": 720}, reduced_motion="reduce")
        page.goto(url)
        box = page.locator("#question textarea")
        box.fill("Where was Ariel Henry?")
        box.press("Enter")
        page.locator(".turn[aria-busy=false] .cite").first.click()
        page.locator("mark.active").first.wait_for()
        page.screenshot(path=str(Path(__file__).with_name("chat.png")))
        browser.close()
        chain.close()


if __name__ == "__main__":
    main()
