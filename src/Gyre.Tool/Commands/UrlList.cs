namespace Gyre.Tool;

/// <summary>The URLs of a command line and of a list.</summary>
internal static class UrlList
{
    /// <summary>Reads and checks them, in the order given.</summary>
    /// <param name="arguments">URLs.</param>
    /// <param name="from">A file of URLs, <c>-</c> for <paramref name="input"/>, or null.</param>
    /// <param name="input">The standard input.</param>
    /// <exception cref="BadArgumentException">One is not an http URL, or there is no such file.</exception>
    public static IReadOnlyList<Uri> Read(IReadOnlyList<string> arguments, string? from, TextReader input)
    {
        var urls = arguments.Select(argument => Parse(argument, "")).ToList();
        if (from is null)
        {
            return urls;
        }

        string source = from == "-" ? "the standard input" : from;
        try
        {
            using TextReader reader = from == "-" ? input : File.OpenText(from);
            int number = 0;
            while (reader.ReadLine() is { } line)
            {
                number++;
                string text = line.Trim();
                if (text.Length > 0 && text[0] != '#')
                {
                    urls.Add(Parse(text, $"{source}, line {number}: "));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BadArgumentException($"--from: {e.Message}");
        }

        return urls.Count > 0 ? urls : throw new BadArgumentException($"--from: there is no URL in {source}");
    }

    private static Uri Parse(string text, string place)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Host.Length > 0
            && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
        {
            return url;
        }

        if (text.StartsWith('-') && place.Length == 0)
        {
            throw new BadArgumentException($"there is no option '{text}'");
        }

        bool isHost = text.Length > 0 && char.IsAsciiLetterOrDigit(text[0])
            && !text.Contains("://", StringComparison.Ordinal);
        string hint = isHost ? $"; did you mean https://{text} ?" : "";
        throw new BadArgumentException($"{place}'{text}' is not an http or https URL{hint}");
    }
}
