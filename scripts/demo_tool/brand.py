"""`scripts/brand`: renders the brand's PNG files from their SVG sources."""

import asyncio
import sys

from playwright.async_api import async_playwright

from .browser import ARGUMENTS, browser_path
from .paths import COMPONENTS, ROOT
from .processes import DemoError

_SOURCES = ROOT / "docs" / "brand"
_RENDERED = COMPONENTS / "panelsync" / "brand"
_SIZES = {"icon": (256, 256), "logo": (960, 256)}
_SCALES = {"": 1, "@2x": 2}


async def render() -> None:
    """Render each picture, on a transparent ground, in each size."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=browser_path(), args=list(ARGUMENTS)
        )
        for suffix, scale in _SCALES.items():
            for source in sorted(_SOURCES.glob("*.svg")):
                width, height = _SIZES[source.stem.removeprefix("dark_")]
                page = await browser.new_page(
                    viewport={"width": width, "height": height},
                    device_scale_factor=scale,
                )
                await page.set_content(
                    f"<style>body {{ margin: 0 }}</style>{source.read_text()}"
                )
                path = _RENDERED / f"{source.stem}{suffix}.png"
                await page.screenshot(path=path, omit_background=True)
                await page.close()
        await browser.close()


if __name__ == "__main__":
    try:
        asyncio.run(render())
    except DemoError as error:
        sys.exit(f"brand: {error}")
