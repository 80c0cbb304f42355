using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Phenaki.ServiceDefaults.Startup;

namespace Phenaki.ServiceDefaults.Hosting;

/// <summary>Runs one service as a process.</summary>
public static class ServiceProgram
{
    /// <summary>Exit code of a process that stopped because it was asked to.</summary>
    public const int Success = 0;

    /// <summary>Exit code of a process that could not start: a port in use, a model that is missing or damaged.</summary>
    public const int Failure = 1;

    /// <summary>Exit code of a process that was started with options or settings that do not exist or are out of range.</summary>
    public const int Usage = 2;

    /// <summary>
    /// Runs the service until it is asked to stop (SIGTERM, SIGINT), lets the calls in flight finish, and returns the exit code. Configuration, the
    /// later winning: <c>appsettings.NAME.json</c> beside the program, environment variables, those with the prefix <c>PHENAKI_</c>, command line.
    /// With <c>--help</c> it says what can be set, with <c>--health-check</c> it asks the one that runs already whether it serves (0) or not (1).
    /// </summary>
    /// <param name="args">Of the process.</param>
    /// <param name="service">What is served.</param>
    /// <param name="add">Adds the service.</param>
    /// <param name="map">Maps the service.</param>
    /// <param name="cancellationToken">Stops the service; without it, signals do.</param>
    public static async Task<int> RunAsync(
        string[] args, ServiceDescription service, Action<WebApplicationBuilder> add, Action<WebApplication> map, CancellationToken cancellationToken = default)
    {
        if (ServiceCommandLine.IsHelp(args))
        {
            Console.Write(ServiceCommandLine.Help(service));
            return Success;
        }

        var asksForHealth = HealthProbe.TakeVerb(ref args);
        StartupFailure? failure = null;
        try
        {
            var builder = CreateBuilder(args, service);
            if (asksForHealth)
            {
                return await HealthProbe.AskAsync(builder.Configuration, cancellationToken) is { } why ? End(service, Failure, why) : Success;
            }

            builder.AddPhenakiServiceDefaults();
            add(builder);
            await using var app = builder.Build();
            app.MapPhenakiDefaults();
            map(app);
            failure = app.Services.GetRequiredService<StartupFailure>();
            await ((IHost)app).RunAsync(cancellationToken);
            return failure.Message is { } message ? End(service, Failure, message) : Success;
        }
        catch (Exception) when (failure?.Message is not null)
        {
            // The start was broken off because a part that starts in the background failed; that is the cause.
            return End(service, Failure, failure.Message);
        }
        catch (OptionsValidationException exception)
        {
            return End(service, Usage, [.. exception.Failures]);
        }
        catch (InvalidDataException exception)
        {
            // A settings file that is no JSON: the inner exceptions say where.
            return End(service, Usage, $"{exception.Message} {exception.GetBaseException().Message}");
        }
        catch (StartupException exception)
        {
            return End(service, Failure, exception.Message);
        }
        catch (IOException exception) when (exception.GetBaseException() is AddressInUseException || exception.InnerException is AddressInUseException)
        {
            return End(service, Failure, $"{exception.Message} Stop the program that listens there, or choose another address with --listen.");
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return Success;
        }
        catch (Exception exception)
        {
            return End(service, Failure, exception.GetBaseException().Message);
        }
    }

    private static WebApplicationBuilder CreateBuilder(string[] args, ServiceDescription service)
    {
        ServiceCommandLine.Check(service, args);

        // Empty, since the ordinary builders read appsettings.json of whatever folder the process was started in.
        var builder = WebApplication.CreateEmptyBuilder(new()
        {
            ApplicationName = service.Name,
            ContentRootPath = AppContext.BaseDirectory,
            EnvironmentName = Environment.GetEnvironmentVariable("ASPNETCORE_ENVIRONMENT") ?? Environment.GetEnvironmentVariable("DOTNET_ENVIRONMENT"),
        });
        builder.Configuration
            .AddJsonFile(Path.Combine(AppContext.BaseDirectory, $"appsettings.{service.Name}.json"), optional: true, reloadOnChange: false)
            .AddEnvironmentVariables()
            .AddEnvironmentVariables("PHENAKI_")
            .AddCommandLine(args, ServiceCommandLine.Switches(service));
        builder.Logging
            .AddConfiguration(builder.Configuration.GetSection("Logging"))
            .AddSimpleConsole(console =>
            {
                console.SingleLine = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
            });
        return builder;
    }

    private static int End(ServiceDescription service, int exitCode, params IReadOnlyList<string> messages)
    {
        foreach (var message in messages)
        {
            Console.Error.WriteLine($"{service.Name}: {message}");
        }

        return exitCode;
    }
}
