"""Every command of the window with its text and keys, in one table."""

from __future__ import annotations

from typing import NamedTuple


class Shortcut(NamedTuple):
    """A command: its name in the code, its text in the menu, its keys (the first is shown), and one line of help.

    `under` is the title of the submenu that it stands in, "" for the menu itself.
    """

    name: str
    text: str
    keys: tuple[str, ...] = ()
    help: str = ""
    under: str = ""


ALIGN = tuple(
    Shortcut(name, text, (keys,), f"put the selected blocks {help}", "&Align")
    for name, text, keys, help in (
        ("align_left", "Align &left", "Ctrl+Shift+Left", "so that their left edges are in line"),
        ("align_centre", "Align &centres", "Ctrl+Shift+I", "below each other"),
        (
            "align_right",
            "Align &right",
            "Ctrl+Shift+Right",
            "so that their right edges are in line",
        ),
        ("align_top", "Align &top", "Ctrl+Shift+Up", "so that their upper edges are in line"),
        (
            "align_middle",
            "Align &middles",
            "Ctrl+Shift+M",
            "in one row, so that wires are straight",
        ),
        (
            "align_bottom",
            "Align &bottom",
            "Ctrl+Shift+Down",
            "so that their lower edges are in line",
        ),
        (
            "spread_across",
            "Distribute &across",
            "Ctrl+Shift+H",
            "at equal distances from left to right",
        ),
        (
            "spread_down",
            "Distribute &down",
            "Ctrl+Shift+Y",
            "at equal distances from top to bottom",
        ),
    )
)

MENUS: dict[str, tuple[Shortcut | None, ...]] = {  # None is a separator
    "&File": (
        Shortcut("new", "&New", ("Ctrl+N",), "an empty canvas"),
        Shortcut("open", "&Open…", ("Ctrl+O",), "open a diagram"),
        Shortcut("recent", "Open &recent"),
        Shortcut("gallery", "&Gallery"),
        None,
        Shortcut("save", "&Save", ("Ctrl+S",), "save the diagram and, after training, its weights"),
        Shortcut("save_as", "Save &as…", ("Ctrl+Shift+S",), "save under another name"),
        Shortcut(
            "export_picture",
            "&Export picture…",
            ("Ctrl+E",),
            "the diagram, or what is selected, as PNG, SVG, PDF or TikZ",
        ),
        Shortcut(
            "open_before", "&Version before", (), "the file as it was before it was saved last"
        ),
        Shortcut(
            "compare",
            "C&ompare with…",
            (),
            "another diagram laid over this one: added, removed, altered",
        ),
        Shortcut(
            "compare_before",
            "Compare with version &before",
            ("Ctrl+Alt+D",),
            "with the file while there is unsaved work, else with what it was before the last save",
        ),
        None,
        Shortcut("close", "&Close", ("Ctrl+W",), "close the diagram"),
        Shortcut("quit", "&Quit", ("Ctrl+Q",), "close the window"),
    ),
    "&Edit": (
        Shortcut("undo", "&Undo", ("Ctrl+Z",), "take back the last edit"),
        Shortcut("redo", "&Redo", ("Ctrl+Shift+Z", "Ctrl+Y"), "make the undone edit again"),
        None,
        Shortcut("cut", "Cu&t", ("Ctrl+X",), "move the selected blocks to the clipboard"),
        Shortcut("copy", "&Copy", ("Ctrl+C",), "copy the selected blocks to the clipboard"),
        Shortcut(
            "copy_picture",
            "Copy as p&icture",
            ("Ctrl+Shift+C",),
            "copy a picture of the selected blocks, or of all, to the clipboard",
        ),
        Shortcut(
            "paste",
            "&Paste",
            ("Ctrl+V",),
            "insert the blocks of the clipboard at the mouse, from a picture of them too",
        ),
        Shortcut(
            "paste_wired",
            "Paste &with incoming wires",
            ("Ctrl+Shift+V",),
            "the copies are fed by what fed the originals, as far as it is here",
        ),
        Shortcut(
            "duplicate", "&Duplicate", ("Ctrl+D",), "copy the selected blocks beside themselves"
        ),
        Shortcut(
            "duplicate_wired",
            "Duplicate w&ith incoming wires",
            ("Ctrl+Shift+D",),
            "the copies are fed by what feeds the originals",
        ),
        Shortcut("delete", "De&lete", ("Del", "Backspace"), "delete what is selected"),
        Shortcut(
            "connect",
            "Connect by &keys",
            ("W",),
            "a wire from the selected block: Tab and arrows choose a pin, Enter connects",
        ),
        Shortcut(
            "take_out",
            "Ta&ke out",
            ("Alt+Del",),
            "delete the selected blocks and join their neighbours",
        ),
        None,
        Shortcut("add", "Add &block…", ("Shift+A",), "search for a block at the mouse (or Tab)"),
        Shortcut("library", "Search the pa&lette", ("Ctrl+B",), "find a block to drag or to add"),
        None,
        Shortcut(
            "find", "&Find…", ("Ctrl+F",), "go to a block or comment by its name, kind or text"
        ),
        Shortcut("find_next", "Find &next", ("F3",), "go to the next that was found"),
        Shortcut("find_before", "Find pre&vious", ("Shift+F3",), "go to the one before"),
        Shortcut("select_all", "Select &all", ("Ctrl+A",), "select every block"),
        Shortcut("select_left", "Go le&ft", ("Ctrl+Left",), "select the next block at the left"),
        Shortcut(
            "select_right", "Go ri&ght", ("Ctrl+Right",), "select the next block at the right"
        ),
        Shortcut("select_up", "G&o up", ("Ctrl+Up",), "select the next block above"),
        Shortcut("select_down", "Go do&wn", ("Ctrl+Down",), "select the next block below"),
        Shortcut("rename", "Rena&me…", ("F2",), "name the selected block's variable, or its part"),
    ),
    "&View": (
        Shortcut("frame_all", "&Frame all", ("F",), "show the whole diagram"),
        Shortcut("frame_selection", "Frame &selection", ("Shift+F",), "show the selected blocks"),
        Shortcut("zoom_in", "Zoom &in", ("Ctrl++", "Ctrl+=")),
        Shortcut("zoom_out", "Zoom &out", ("Ctrl+-",)),
        Shortcut("zoom_reset", "Zoom &100 %", ("Ctrl+0",)),
        None,
        Shortcut("theme", "&Theme"),
        Shortcut("scale", "&Interface scale"),
        Shortcut("style", "&Style"),
        Shortcut("drawing", "On the &drawing"),
        Shortcut(
            "card",
            "Show the val&ue",
            ("I",),
            "a card of the selected block's variable: numbers, histogram, picture (or hover its circle)",
        ),
        Shortcut(
            "mirror",
            "&Gradient graph",
            (),
            "the diagram's mirror image in green: ∂C/∂z on its wires, ∂C/∂w at its blocks",
        ),
        Shortcut(
            "upwards",
            "Flow &upwards",
            ("Ctrl+Shift+U",),
            "the round ends look up instead of to the right; saved with the diagram",
        ),
        Shortcut("minimap", "&Minimap", ("Shift+M",)),
        Shortcut("calm", "&Reduced motion", (), "no running pulses: numbers and widths only"),
        None,
        Shortcut(
            "lecture",
            "&Lecture",
            ("F11", "Ctrl+Shift+L"),
            "the canvas alone, large, revealed step by step; Space goes on, Escape ends",
        ),
        Shortcut("reveal_order", "Lecture's &order", (), "what appears when in a lecture"),
        Shortcut("views", "Vie&ws"),
        Shortcut("next_view", "Ne&xt view", ("Ctrl+PgDown",), "the next of the open views"),
        Shortcut("previous_view", "Previo&us view", ("Ctrl+PgUp",), "the open view before"),
        Shortcut("docks", "&Panels"),
        Shortcut("next_pane", "&Next pane", ("F6",), "the keys go to the next part of the window"),
        Shortcut("previous_pane", "P&revious pane", ("Shift+F6",), "the same the other way round"),
    ),
    "&Train": (
        Shortcut("play", "&Play", ("P", "F5"), "train, or pause the training"),
        Shortcut("step", "&One step", (".", "F10"), "make one training step and pause"),
        Shortcut("reset", "&Reset", ("Ctrl+R",), "new weights from the seed, step 0"),
        Shortcut(
            "why",
            "&Why does it not learn?",
            ("Ctrl+Shift+W",),
            "look for what keeps it from learning, on copies, each cause with its evidence",
        ),
        None,
        Shortcut(
            "look_earlier",
            "Look &earlier",
            ("Alt+Left",),
            "pause and show the run as it was one recorded moment before",
        ),
        Shortcut("look_later", "Look &later", ("Alt+Right",), "one recorded moment on"),
        Shortcut(
            "look_now", "&Back to now", ("Alt+End",), "show the run again as it is; so does play"
        ),
        Shortcut(
            "branch",
            "&Continue from here",
            ("Shift+P",),
            "train on from the step that is looked back at, as a branch",
        ),
        None,
        Shortcut("runs", "R&uns", ("Ctrl+Alt+U",), "all runs of this diagram, side by side"),
        Shortcut(
            "sweep",
            "S&weep…",
            ("Ctrl+U",),
            "train with several values of a setting, or several seeds, in the background",
        ),
        Shortcut(
            "tensorboard",
            "Log for &TensorBoard…",
            (),
            "write losses and accuracies of every run below a folder, for TensorBoard",
        ),
        None,
        Shortcut("save_weights", "Save &weights…", (), "write the weights to a file of their own"),
    ),
    "&Diagram": (
        Shortcut("group", "&Group into a part…", ("Ctrl+G",), "make a part of the selected blocks"),
        Shortcut(
            "ungroup", "&Ungroup", ("Ctrl+Shift+G",), "put a part's blocks in the place of its use"
        ),
        Shortcut(
            "open_part", "&Open part", ("Alt+Down",), "see and edit what is inside (or Enter)"
        ),
        Shortcut(
            "expand",
            "&Expand in place",
            ("E",),
            "show the insides of the selected uses of parts, or of all; again: shapes only",
        ),
        Shortcut("climb", "&Climb out", ("Alt+Up",), "back to the level around (or Escape)"),
        Shortcut(
            "frame_blocks",
            "&Frame the selection",
            ("Ctrl+J",),
            "a titled frame behind the selected blocks, which go along with it",
        ),
        Shortcut(
            "comment",
            "Add a co&mment…",
            ("Ctrl+/",),
            "a text on the canvas, with formulas between $ signs",
        ),
        Shortcut(
            "mute",
            "M&ute",
            ("M",),
            "leave the selected blocks out: what enters them goes straight on (again: take them in)",
        ),
        None,
        Shortcut("publish", "&Publish part…", (), "keep a part in the palette, for any diagram"),
        None,
        Shortcut("tidy", "&Tidy layout", ("Ctrl+L",), "place the blocks along the flow"),
        *ALIGN,
        Shortcut(
            "check",
            "&Check gradients",
            ("Ctrl+K",),
            "of the selected blocks or all: is each the derivative of what it computes?",
        ),
        Shortcut(
            "overfit",
            "Check &memory",
            ("Ctrl+Shift+K",),
            "can it learn eight samples by heart? If not, something is wrong",
        ),
        Shortcut("next_problem", "Next &problem", ("F8",), "show the next thing that is wrong"),
        Shortcut(
            "mend", "&Mend it", ("Ctrl+.",), "do what is certain to mend the problem shown last"
        ),
    ),
    "&Help": (
        Shortcut("first_steps", "&First steps", (), "from an empty canvas to a net that learns"),
        Shortcut("shortcuts", "&Shortcuts…", ("F1", "?"), "all keys, to look up and to change"),
        Shortcut(
            "commands",
            "&Command palette…",
            ("Ctrl+Shift+P",),
            "find any command, panel, diagram or block by a few letters",
        ),
        Shortcut("block_help", "Help on the selected &block", ("Shift+F1",)),
        Shortcut("about", "&About Gradboard"),
    ),
}

DRAWING = (  # the switches of View > On the drawing
    Shortcut("gradients", "&Gradients backward", (), "green pulses and numbers of ∂C/∂z"),
    Shortcut("values", "&Values forward", ("V",), "grey pulses and numbers of the values"),
    Shortcut("marks", "Lost &gradients", (), "where gradients begin to vanish or to explode"),
    Shortcut("dead", "&Dead units", (), "the share of a rectifier's units that are 0 for a batch"),
    Shortcut("tint", "&Tint by change", (), "blocks tinted by how far their weights have moved"),
    Shortcut("legend", "&Legend", (), "what colour, width and speed of a pulse stand for"),
    Shortcut("shapes", "&Shapes", (), "the sizes of variables beside their circles"),
)

GESTURES = (  # what the canvas answers to besides the menus
    ("wheel", "zoom at the cursor"),
    ("middle button, or Space and drag", "pan"),
    ("drag on the empty canvas", "select with a rubber band"),
    ("drag from an output circle", "a new wire"),
    ("drag either end of a wire", "lead it elsewhere; let go over nothing, it is removed"),
    ("Ctrl and drag from a circle", "move all its wires, or its selected ones, to another circle"),
    ("Ctrl and drag with the right button", "cut every wire that the line crosses"),
    ("right click, Menu or Shift+F10", "the commands for what is there, or is selected"),
    ("let a new wire go over nothing", "search for a block that fits it"),
    ("drag a block from the palette", "a new block"),
    ("drop a block on a wire", "put it into the wire"),
    ("drop a block so that its pin touches a circle", "connect them"),
    ("Tab, or double click on nothing", "search for a block"),
    ("double click or Enter on a part", "open it; Escape climbs back"),
    ("double click on a circle", "name its variable"),
    ("rest over a circle", "its card: shape, mean, spread, histogram, picture"),
    ("drag a frame by its title, or its edges", "move it with what stands inside, or resize it"),
    ("double click on a frame's title, or on a comment", "write in it"),
)


def sections() -> dict[str, tuple[Shortcut, ...]]:
    """All commands by the title of their menu."""
    found = {
        title.replace("&", ""): tuple(entry for entry in entries if entry is not None)
        for title, entries in MENUS.items()
    }
    return {**found, "On the drawing": DRAWING}


def table() -> tuple[Shortcut, ...]:
    """All commands, in the order of the menus."""
    return (
        *(entry for menu in MENUS.values() for entry in menu if entry is not None),
        *DRAWING,
    )
