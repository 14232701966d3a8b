using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Gyre.Architecture.Tests;

/// <summary>The files of this repository.</summary>
public static class Repository
{
    private static readonly string[] s_notOurs = [".git", ".vs", ".idea", "artifacts", "bin", "obj", "TestResults"];

    private static readonly Lazy<IReadOnlyList<SourceFile>> s_textFiles = new(() => [.. ReadTextFiles()]);

    public static string Root { get; } = FindRoot();

    /// <summary>Every text file that is committed, or would be if one committed now.</summary>
    public static IReadOnlyList<SourceFile> TextFiles => s_textFiles.Value;

    public static IEnumerable<SourceFile> CSharpFiles => TextFiles.Where(file => file.IsCSharp);

    public static IEnumerable<SourceFile> CSharpUnder(string folder) => CSharpFiles.Where(file => file.IsUnder(folder));

    // CI=true maps the paths that the compiler records, so the place of the test's program is asked first.
    private static string FindRoot([CallerFilePath] string thisFile = "")
    {
        foreach (string start in new[] { AppContext.BaseDirectory, Path.GetDirectoryName(thisFile)! })
        {
            for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
            {
                if (File.Exists(Path.Combine(folder.FullName, "Gyre.slnx")))
                {
                    return folder.FullName;
                }
            }
        }

        throw new InvalidOperationException("No folder above the tests has Gyre.slnx: run them inside the repository.");
    }

    private static IEnumerable<SourceFile> ReadTextFiles()
    {
        foreach (string path in (ListByGit() ?? ListByFolder()).Order(StringComparer.Ordinal))
        {
            string full = Path.Combine(Root, path);
            if (!File.Exists(full))
            {
                continue; // Deleted, and the deletion is not committed yet.
            }

            string text = File.ReadAllText(full);
            if (!text.Contains('\0'))
            {
                yield return new SourceFile(path, text);
            }
        }
    }

    private static string[]? ListByGit()
    {
        string[] arguments = ["-C", Root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        ProcessStartInfo start = new("git", arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        try
        {
            using Process git = Process.Start(start)!;
            _ = git.StandardError.ReadToEndAsync();
            string output = git.StandardOutput.ReadToEnd();
            git.WaitForExit();
            return git.ExitCode == 0 ? output.Split('\0', StringSplitOptions.RemoveEmptyEntries) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null; // No git here: an unpacked archive is walked instead.
        }
    }

    private static IEnumerable<string> ListByFolder() =>
        Directory.EnumerateFiles(Root, "*", SearchOption.AllDirectories)
            .Select(full => Path.GetRelativePath(Root, full).Replace('\\', '/'))
            .Where(path => !path.Split('/').Intersect(s_notOurs).Any());
}
