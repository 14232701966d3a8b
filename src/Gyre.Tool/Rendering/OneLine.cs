using System.Globalization;
using System.Text;

namespace Gyre.Tool;

/// <summary>Makes text from elsewhere fit to be printed: one line, no control characters, not endless.</summary>
/// <remarks>Servers choose part of what is shown. They shall neither move the cursor nor forge lines.</remarks>
internal static class OneLine
{
    private const int LengthMax = 300;

    public static string Of(string text)
    {
        var line = new StringBuilder(Math.Min(text.Length, LengthMax));
        bool space = false;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.IsWhiteSpace(rune))
            {
                space = line.Length > 0;
                continue;
            }

            if (line.Length >= LengthMax)
            {
                return line.Append('…').ToString();
            }

            if (space)
            {
                line.Append(' ');
                space = false;
            }

            // Marks that turn the direction of writing are not controls, and as bad.
            line.Append(Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format ? Rune.ReplacementChar : rune);
        }

        return line.ToString();
    }
}
