using System.Globalization;
using System.Text;

namespace Gyre.Bench;

/// <summary>Draws growth as an SVG picture: a small plot a case, of the cost of one operation over their number.</summary>
internal static class GrowthPicture
{
    private const int Columns = 4;
    private const int Width = 230;
    private const int Height = 160;
    private const int Left = 20;
    private const int Top = 46;
    private const int PlotWidth = Width - (2 * Left);
    private const int PlotHeight = Height - Top - 30;

    public static string Draw(IReadOnlyList<GrowthResult> results)
    {
        int rows = (results.Count + Columns - 1) / Columns;
        var svg = new StringBuilder();
        Add(svg, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Columns * Width} {rows * Height}\"");
        svg.Append(" font-family=\"sans-serif\" font-size=\"11\">\n");
        Add(svg, $"<rect width=\"{Columns * Width}\" height=\"{rows * Height}\" fill=\"white\"/>\n");
        for (int i = 0; i < results.Count; i++)
        {
            Add(svg, $"<g transform=\"translate({i % Columns * Width} {i / Columns * Height})\">\n");
            DrawCase(svg, results[i]);
            svg.Append("</g>\n");
        }

        return svg.Append("</svg>\n").ToString();
    }

    private static void DrawCase(StringBuilder svg, GrowthResult result)
    {
        // From zero: a line that looks level is level.
        double highest = result.Points.Max(point => point.Nanoseconds) * 1.15;
        (double X, double Y)[] points =
        [
            .. result.Points.Select((point, i) => (
                X: Left + (PlotWidth * (i + 0.5) / result.Points.Count),
                Y: Top + (PlotHeight * (1 - (point.Nanoseconds / highest))))),
        ];
        Add(svg, $"<text x=\"{Left}\" y=\"18\" font-weight=\"bold\">{result.Case.Name}</text>\n");
        Add(svg, $"<text x=\"{Left}\" y=\"32\" fill=\"#666\">total time as n^{result.Exponent:F2}</text>\n");
        int bottom = Top + PlotHeight;
        Add(svg, $"<path d=\"M{Left} {bottom}H{Left + PlotWidth}\" stroke=\"#999\"/>\n");
        string line = string.Join(
            ' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{point.X:F1},{point.Y:F1}")));
        string color = result.IsAsItShould ? "#1668b8" : "#c62828";
        Add(svg, $"<polyline points=\"{line}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>\n");
        for (int i = 0; i < points.Length; i++)
        {
            (double x, double y) = points[i];
            (int count, double nanoseconds) = result.Points[i];
            Add(svg, $"<circle cx=\"{x:F1}\" cy=\"{y:F1}\" r=\"3\" fill=\"{color}\"/>\n");
            Add(svg, $"<text x=\"{x:F1}\" y=\"{y - 6:F1}\" text-anchor=\"middle\">{nanoseconds:N0} ns</text>\n");
            Add(svg, $"<text x=\"{x:F1}\" y=\"{bottom + 14}\" text-anchor=\"middle\" fill=\"#666\">{count:N0}</text>\n");
        }
    }

    private static void Add(StringBuilder svg, FormattableString text) => svg.Append(text.ToString(CultureInfo.InvariantCulture));
}
