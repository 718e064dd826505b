"""Measure the page in a real browser: first words after Enter, opening a citation, and five people asking at once.

    python benchmarks/page.py [--rounds N]                    (make bench-page)

Serves the briefs of seeds/ offline from an index in a temporary folder. Times are what a person sees: from the key to
the frame in which the words, or the marked quote, stand on the page. Five people are five windows; they ask in the
same moment, and one more closes the tab while waiting, which must stop nobody else. All run on one machine.
"""

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from shutil import which

from playwright.async_api import async_playwright
from playwright.sync_api import Browser, Page, sync_playwright

from qa.config import BRIEFS

QA = Path(sys.executable).parent / "qa"
PORT = 7869
BROWSER = {"executable_path": which("chromium") or which("google-chrome"), "args": ["--no-sandbox", "--disable-gpu"]}
WINDOW = {"viewport": {"width": 1280, "height": 800}, "reduced_motion": "reduce"}
PAUSE = 15
"""Seconds."""

PEOPLE = 5
QUESTIONS = (
    "Where was Ariel Henry last seen?",
    "Who is John Kirby?",
    "What did the gangs attack?",
    "When was the deal formalized?",
    "Why did the Kenyan officers back out?",
)
ASK = """async question => {
  const box = document.querySelector("#question textarea");
  const turns = document.querySelectorAll(".turn").length;
  box.value = question;
  box.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise(requestAnimationFrame);
  const start = performance.now();
  box.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", code: "Enter", bubbles: true }));
  box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", code: "Enter", bubbles: true }));
  const there = () => {
    const all = document.querySelectorAll(".turn");
    return all.length > turns && all[all.length - 1].querySelector(".said, .notice");
  };
  // Watched, not looked for in every frame: five windows on the machine that answers would take its time.
  await new Promise((done) => {
    const watching = new MutationObserver(() => there() && done(watching.disconnect()));
    watching.observe(document.body, { childList: true, subtree: true });
  });
  await new Promise(requestAnimationFrame);
  const taken = (performance.now() - start) / 1000;
  return document.querySelector(".turn:last-child .said") ? taken : null; // null: no answer, but a notice
}"""
OPEN = """async () => {
  const mark = document.querySelector(".turn:last-child .cite");
  if (!mark) return null;
  document.querySelector(".sheet").replaceChildren();
  const start = performance.now();
  mark.click();
  while (!document.querySelector("mark.active")) await new Promise(requestAnimationFrame);
  return (performance.now() - start) / 1000;
}"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=4, metavar="N", help="times that each question is asked (4)")
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as index:
        command = [str(QA), "serve", "--port", str(PORT), "--articles", str(BRIEFS)]
        server = subprocess.Popen([*command, "--index", index], stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            if not server.stdout.readline():
                sys.exit("the page could not be served")
            first, opened = alone(rounds)
            together, waits = asyncio.run(at_once(rounds))
        finally:
            server.terminate()
            server.wait()
    single = statistics.median(first)
    print("| what | mark | measured |\n|---|---|---|")
    print(f"| first words after Enter, median of {len(first)} | under 0.6 s | {single:.2f} s |")
    print(f"| opening a citation, median of {len(opened)} | under 0.2 s | {statistics.median(opened):.3f} s |")
    print(f"| {PEOPLE} people at once: answers | all | {together} of {PEOPLE * rounds} |")
    longest = max(waits) / single
    print(f"| … the longest wait, in waits of one person alone | at most 5 | {longest:.1f} ({max(waits):.2f} s) |")


def visited(browser: Browser) -> Page:
    page = browser.new_page(**WINDOW)
    page.goto(f"http://127.0.0.1:{PORT}")
    page.locator(".welcome").wait_for()
    page.wait_for_timeout(1500)  # the page has told the browser what it shows
    return page


def settled(page: Page) -> None:
    """Wait until the questions to go on with have been tried, so that they burden nobody's time."""
    page.locator(".turn[aria-busy=false]").last.wait_for()
    page.wait_for_timeout(3000)


def alone(rounds: int) -> tuple[list[float], list[float]]:
    first, opened = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(**BROWSER)
        page = visited(browser)
        for question in QUESTIONS * rounds:
            first.append(page.evaluate(ASK, question))
            settled(page)
            if (taken := page.evaluate(OPEN)) is not None:
                opened.append(taken)
        browser.close()
    return first, opened


async def at_once(rounds: int) -> tuple[int, list[float]]:
    """Return how many of the questions asked at once were answered, and how long each took."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(**BROWSER)
        people = [await browser.new_page(**WINDOW) for _ in range(PEOPLE + 1)]
        for page in people:
            await page.goto(f"http://127.0.0.1:{PORT}")
            await page.locator(".welcome").wait_for()
        leaver = people.pop()
        waits = []
        for turn in range(rounds):
            await asyncio.sleep(PAUSE)  # until the questions to go on with have been tried
            asked = [page.evaluate(ASK, QUESTIONS[(n + turn) % len(QUESTIONS)]) for n, page in enumerate(people)]
            if not turn:
                await leaver.fill("#question textarea", QUESTIONS[0])
                await leaver.press("#question textarea", "Enter")
                asked.append(leaver.close())
            waits += (await asyncio.gather(*asked))[:PEOPLE]
        await browser.close()
    answered = [wait for wait in waits if wait is not None]
    return len(answered), answered


if __name__ == "__main__":
    main()
