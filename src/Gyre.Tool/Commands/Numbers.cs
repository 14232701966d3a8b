using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Numerics;

namespace Gyre.Tool;

/// <summary>Options that take a number in a range.</summary>
internal static class Numbers
{
    public static Option<T> Option<T>(string name, string valueName, string description, T min, T max, T usual)
        where T : struct, INumber<T> => new(name)
        {
            Description = description,
            HelpName = valueName,
            DefaultValueFactory = _ => usual,
            CustomParser = result => Parse(result, name, min, max),
        };

    private static T Parse<T>(ArgumentResult result, string name, T min, T max)
        where T : struct, INumber<T>
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        const NumberStyles Style = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
        if (T.TryParse(text, Style, CultureInfo.InvariantCulture, out T value) && value >= min && value <= max)
        {
            return value;
        }

        string kind = T.IsInteger(min) && typeof(T) != typeof(double) ? "a whole number" : "a number";
        string range = string.Create(
            CultureInfo.InvariantCulture,
            $"{kind} {(max > T.CreateTruncating(1_000_000_000) ? $"of at least {min}" : $"from {min} to {max}")}");
        result.AddError($"{name} takes {range}, not '{text}'");
        return default;
    }
}
