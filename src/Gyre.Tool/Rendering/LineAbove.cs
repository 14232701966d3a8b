using Spectre.Console;
using Spectre.Console.Rendering;

namespace Gyre.Tool;

/// <summary>A line that takes the place of a live display, which is then drawn again below it.</summary>
/// <remarks>The display leaves the cursor at its own beginning and erases nothing. A line shorter than what stood
/// there would keep the rest of it.</remarks>
internal sealed class LineAbove(string markup) : Renderable
{
    private const string EraseToEndOfScreen = "\u001b[0J";

    private readonly Markup _text = new(markup);

    protected override Measurement Measure(RenderOptions options, int maxWidth) =>
        ((IRenderable)_text).Measure(options, maxWidth);

    protected override IEnumerable<Segment> Render(RenderOptions options, int maxWidth)
    {
        IEnumerable<Segment> text = ((IRenderable)_text).Render(options, maxWidth).Append(Segment.LineBreak);
        return options.Ansi ? text.Prepend(Segment.Control(EraseToEndOfScreen)) : text;
    }
}
