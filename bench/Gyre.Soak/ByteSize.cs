using System.CommandLine.Parsing;
using System.Globalization;

namespace Gyre.Soak;

/// <summary>Numbers of bytes as people write them: <c>4096</c>, <c>64K</c>, <c>16M</c>, <c>1G</c>.</summary>
internal static class ByteSize
{
    private const string Units = "KMG";

    public static long Parse(ArgumentResult result)
    {
        string text = result.Tokens[0].Value;
        int unit = Units.IndexOf(char.ToUpperInvariant(text[^1])) + 1;
        string digits = unit > 0 ? text[..^1] : text;
        if (long.TryParse(digits, CultureInfo.InvariantCulture, out long count) && count > 0)
        {
            return count << (10 * unit);
        }

        result.AddError($"'{text}' is no number of bytes. Write 4096, 64K, 16M or 1G.");
        return 0;
    }
}
