using System.Buffers;
using System.Text;

namespace Gyre.Tool;

/// <summary>Gives each URL a file name of its own that no system minds.</summary>
internal sealed class FileNames
{
    private const string Nameless = "index.html";

    /// <summary>File systems take 255 bytes; the rest is for a number and for the ending of unfinished files.</summary>
    private const int Utf8BytesMax = 200;

    // What Windows, shells or terminals would take for something else.
    private static readonly SearchValues<char> s_unsafe = SearchValues.Create("\"*/:<>?\\|");

    private static readonly HashSet<string> s_reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL",
        "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9",
        "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9",
    };

    // Some file systems ignore case, so names that differ only in it are the same here.
    private readonly HashSet<string> _taken = new(StringComparer.OrdinalIgnoreCase);

    // The number to try next for a name: a thousand URLs of one name shall not take a million tries.
    private readonly Dictionary<string, int> _next = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The names of URLs, in their order; the order of completion does not matter.</summary>
    public static string[] Of(IReadOnlyList<Uri> urls)
    {
        var names = new FileNames();
        return [.. urls.Select(names.Take)];
    }

    /// <summary>A name for a URL that no earlier call has returned.</summary>
    public string Take(Uri url)
    {
        string wanted = Wanted(url);
        string name = wanted;
        int number = _next.GetValueOrDefault(wanted, 2);
        while (!_taken.Add(name))
        {
            string ending = Path.GetExtension(wanted);
            name = $"{wanted[..^ending.Length]}-{number++}{ending}";
        }

        _next[wanted] = number;
        return name;
    }

    private static string Wanted(Uri url)
    {
        string last = Uri.UnescapeDataString(url.AbsolutePath[(url.AbsolutePath.LastIndexOf('/') + 1)..]);
        if (last.Length == 0)
        {
            last = Nameless;
        }

        string name = Clean(last + Uri.UnescapeDataString(url.Query));
        return name.Length == 0 ? Nameless : name;
    }

    private static string Clean(string text)
    {
        var name = new StringBuilder();
        int bytes = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            bool good = !Rune.IsControl(rune) && rune != Rune.ReplacementChar
                && Rune.GetUnicodeCategory(rune) != System.Globalization.UnicodeCategory.Format
                && !(rune.IsBmp && s_unsafe.Contains((char)rune.Value));
            Rune safe = good ? rune : new Rune('_');
            bytes += safe.Utf8SequenceLength;
            if (bytes > Utf8BytesMax)
            {
                break;
            }

            name.Append(safe);
        }

        // A leading dot hides a file (and marks unfinished ones), a last dot or space is lost on Windows.
        string trimmed = name.ToString().TrimStart('.', ' ').TrimEnd('.', ' ');
        int stem = trimmed.IndexOf('.');
        return s_reserved.Contains(stem < 0 ? trimmed : trimmed[..stem]) ? "_" + trimmed : trimmed;
    }
}
