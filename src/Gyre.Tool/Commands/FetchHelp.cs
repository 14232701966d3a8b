namespace Gyre.Tool;

/// <summary>What the help of <c>gyre fetch</c> says beyond its list of options.</summary>
internal static class FetchHelp
{
    public const string RootText = """
        Examples:
          gyre fetch                            fetch the twenty pages of a site of its own, offline
          gyre fetch --help                     all about fetching
        """;

    public const string Text = """
        Examples:
          gyre fetch
              start a site on 127.0.0.1 and fetch its twenty pages; needs no network
          gyre fetch https://example.com/ https://example.org/
              fetch both at once
          gyre fetch --from urls.txt --concurrency 50 --output pages
              fetch the URLs of a file, 50 at a time, and keep the bodies in pages/
          gyre fetch --from - --json < urls.txt | jq -r 'select(.error != null) | .url'
              the URLs that failed
          gyre fetch --timeout 5 --retries 2 https://example.com/
              give each try 5 seconds, and try up to three times

        What counts:
          A URL is ok when its answer, after redirects, has a status below 300 and its body came whole. Bytes are
          those of the body, decompressed. Tried again are: connections that fail or end early, hosts whose name
          cannot be resolved at the moment, timeouts, and the statuses 408, 429, 500, 502, 503 and 504. The waits
          are 0.2 s, 0.4 s, 0.8 s and so on up to 5 s.

        Files:
          --output names each file after the last part of its URL; names that are taken get a number. A file
          appears under its name when it is complete, and replaces a file of an earlier run.

        Output:
          On a terminal a live display, in a pipe plain lines, with --json one object a line: url, status, bytes,
          ms, error for each URL as it completes, and at the end ok, failed, total_ms, sum_ms.

        Exit codes:
          0  every URL is ok          2    bad arguments
          1  at least one failed      130  ended by Ctrl-C
        """;
}
