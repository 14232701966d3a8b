namespace Gyre.Tool.Tests;

/// <summary>A directory that goes with the test.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("gyre-").FullName;

    public string[] FileNames => [.. Directory.GetFiles(FullPath).Select(file => Path.GetFileName(file)).Order()];

    public string PathOf(string name) => Path.Join(FullPath, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(PathOf(name), text);
        return PathOf(name);
    }

    public void Dispose() => Directory.Delete(FullPath, recursive: true);
}
