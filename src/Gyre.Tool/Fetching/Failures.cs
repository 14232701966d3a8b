using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;

namespace Gyre.Tool;

/// <summary>Puts what goes wrong into one clear line each.</summary>
internal static class Failures
{
    private static readonly (string Flag, string Text)[] s_certificateFlaws =
    [
        ("UntrustedRoot", "nobody we trust has signed it"),
        ("PartialChain", "nobody we trust has signed it"),
        ("NotTimeValid", "it has expired or is not valid yet"),
        ("RemoteCertificateNameMismatch", "it is for another host"),
        ("Revoked", "it was revoked"),
    ];

    public static Failure TimedOut(TimeSpan limit) => new($"timed out after {Units.Time(limit)}", MayPass: true);

    /// <summary>The failure that a status stands for; null when it is a good one.</summary>
    public static Failure? OfStatus(HttpResponseMessage response)
    {
        int status = (int)response.StatusCode;
        if (status < 300)
        {
            return null;
        }

        string reason = string.IsNullOrWhiteSpace(response.ReasonPhrase) ? "" : " " + response.ReasonPhrase;
        if (status < 400 && response.Headers.Location is { } location)
        {
            return new Failure($"redirect to {location} not followed: too many, or from https to http", MayPass: false);
        }

        bool mayPass = response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests
            or HttpStatusCode.InternalServerError or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable
            or HttpStatusCode.GatewayTimeout;
        return new Failure(Units.Text($"status {status}{reason}"), mayPass);
    }

    public static Failure Of(Exception error)
    {
        // HttpClient wraps errors in errors; the one that says most decides.
        if (Find<FetchException>(error) is { } known)
        {
            return known.Failure;
        }

        if (Find<SocketException>(error) is { } socket)
        {
            return OfSocket(socket, Find<ConnectException>(error));
        }

        if (Find<AuthenticationException>(error) is { } authentication)
        {
            return new Failure(OfTls(authentication.Message), MayPass: false);
        }

        HttpRequestError kind = Find<HttpIOException>(error)?.HttpRequestError
            ?? Find<HttpRequestException>(error)?.HttpRequestError
            ?? HttpRequestError.Unknown;
        string detail = Innermost(error).Message;
        return kind switch
        {
            HttpRequestError.InvalidResponse => new Failure($"malformed answer: {detail}", MayPass: false),
            HttpRequestError.ResponseEnded => new Failure(
                "connection ended before the answer was complete", MayPass: true),
            HttpRequestError.ConfigurationLimitExceeded => new Failure(
                $"answer's header is too long: {detail}", MayPass: false),
            _ when Find<InvalidDataException>(error) is not null => new Failure(
                $"malformed answer: {detail}", MayPass: false),
            _ when Find<IOException>(error) is not null => new Failure(
                $"connection failed: {detail}", MayPass: true),
            _ => new Failure(detail, MayPass: false),
        };
    }

    private static Failure OfSocket(SocketException error, ConnectException? connecting)
    {
        string to = connecting is null ? "" : Units.Text($" by {connecting.Host}:{connecting.Port}");
        string host = connecting is null ? "" : " " + connecting.Host;
        return error.SocketErrorCode switch
        {
            SocketError.HostNotFound or SocketError.NoData => new Failure($"unknown host{host}", MayPass: false),
            SocketError.TryAgain => new Failure($"the name of host{host} cannot be resolved now", MayPass: true),
            SocketError.ConnectionRefused => new Failure($"connection refused{to}", MayPass: true),
            SocketError.ConnectionReset or SocketError.ConnectionAborted or SocketError.Shutdown =>
                new Failure("connection reset by the server", MayPass: true),
            SocketError.HostUnreachable or SocketError.NetworkUnreachable =>
                new Failure($"host{host} cannot be reached", MayPass: true),
            _ => new Failure($"connection failed: {error.Message}", MayPass: true),
        };
    }

    /// <summary>.NET says what it thinks of a certificate in a sentence that ends with names of flags.</summary>
    private static string OfTls(string message)
    {
        if (!message.StartsWith("The remote certificate", StringComparison.Ordinal))
        {
            return $"TLS failed: {message}";
        }

        string flags = message[(message.LastIndexOf(':') + 1)..].Trim();
        string[] reasons =
        [
            .. s_certificateFlaws.Where(flaw => flags.Contains(flaw.Flag, StringComparison.Ordinal))
                .Select(flaw => flaw.Text).Distinct(),
        ];
        return $"bad certificate: {(reasons.Length > 0 ? string.Join(", ", reasons) + $" ({flags})" : message)}";
    }

    private static T? Find<T>(Exception? error)
        where T : Exception
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is T found)
            {
                return found;
            }
        }

        return null;
    }

    private static Exception Innermost(Exception error)
    {
        while (error.InnerException is { } inner)
        {
            error = inner;
        }

        return error;
    }
}
