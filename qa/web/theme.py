"""The look that Gradio's own components take on: newsprint by day, dim ink by night."""

import gradio as gr

# `style.css` brings the first from the package; the page loads nothing from elsewhere.
SANS = (gr.themes.Font("Public Sans"), "system-ui", "sans-serif")
MONO = ("ui-monospace", "Menlo", "Consolas", "monospace")


class ReadingRoom(gr.themes.Base):
    """Warm paper, black ink, one red; `style.css` uses the same colours for what Gradio does not draw."""

    def __init__(self) -> None:
        super().__init__(
            primary_hue=gr.themes.colors.red,
            neutral_hue=gr.themes.colors.stone,
            radius_size=gr.themes.sizes.radius_sm,
            font=SANS,
            font_mono=MONO,
        )
        self.name = "reading-room"
        self.set(
            body_background_fill="#fbf9f4",
            body_background_fill_dark="#171613",
            body_text_color="#1f1c18",
            body_text_color_dark="#e8e2d6",
            body_text_color_subdued="#665f54",
            body_text_color_subdued_dark="#a69d8d",
            background_fill_primary="#fbf9f4",
            background_fill_primary_dark="#171613",
            background_fill_secondary="#f3efe6",
            background_fill_secondary_dark="#201e1a",
            border_color_primary="#ddd6c8",
            border_color_primary_dark="#38342d",
            color_accent="#8f2a1c",
            block_border_width="0px",
            block_background_fill="transparent",
            block_background_fill_dark="transparent",
            block_padding="0px",
            block_shadow="none",
            input_background_fill="#ffffff",
            input_background_fill_dark="#201e1a",
            input_border_color="#b8ae9c",
            input_border_color_dark="#5b5448",
            input_border_color_focus="#8f2a1c",
            input_border_color_focus_dark="#e39a84",
            input_placeholder_color="#756d61",
            input_placeholder_color_dark="#968d7d",
            input_shadow="none",
            input_shadow_focus="none",
            button_primary_background_fill="#8f2a1c",
            button_primary_background_fill_hover="#75200f",
            button_primary_background_fill_dark="#e39a84",
            button_primary_background_fill_hover_dark="#f0b3a0",
            button_primary_border_color="transparent",
            button_primary_border_color_dark="transparent",
            button_primary_border_color_hover="transparent",
            button_primary_border_color_hover_dark="transparent",
            button_primary_text_color="#ffffff",
            button_primary_text_color_dark="#24110c",
            button_secondary_background_fill="transparent",
            button_secondary_background_fill_dark="transparent",
            button_secondary_background_fill_hover="#f3efe6",
            button_secondary_background_fill_hover_dark="#201e1a",
            button_secondary_border_color="#b8ae9c",
            button_secondary_border_color_dark="#5b5448",
            button_secondary_text_color="#1f1c18",
            button_secondary_text_color_dark="#e8e2d6",
            button_border_width="1px",
            button_transition="none",
        )
