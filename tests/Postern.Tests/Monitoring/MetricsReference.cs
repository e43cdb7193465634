using System.Diagnostics.Metrics;
using System.Text;
using Postern.Monitoring;

namespace Postern.Tests.Monitoring;

/// <summary>The instruments of the program's meter, and the page of the reference that is made from them.</summary>
internal static class MetricsReference
{
    public static IReadOnlyList<Instrument> Instruments(PosternMeter ofThisServer)
    {
        List<Instrument> found = [];
        using var listener = new MeterListener
        {
            // Other tests run servers of their own beside this one.
            InstrumentPublished = (instrument, _) =>
            {
                if (ReferenceEquals(instrument.Meter, ofThisServer.EventsStaged.Meter))
                {
                    found.Add(instrument);
                }
            },
        };
        listener.Start();
        return [.. found.OrderBy(instrument => instrument.Name, StringComparer.Ordinal)];
    }

    public static string Page(IReadOnlyList<Instrument> instruments)
    {
        var page = new StringBuilder(
            """
            # Metrics

            `GET /metrics` on the admin port, in the Prometheus text format. This page is made from the program's instruments.
            Labels are bounded: never a path, a URL or an id.

            | metric | kind | instrument | what it says |
            |---|---|---|---|

            """);
        foreach (var instrument in instruments)
        {
            page.Append($"| `{PrometheusName(instrument)}` | {Kind(instrument)} | `{instrument.Name}` | {instrument.Description} |\n");
        }

        return page.Append(
            """

            Beside them stand the platform's own: requests and connections (`http_server_*`, `kestrel_*`) and the runtime (`dotnet_*`).

            """).ToString();
    }

    /// <summary>The name that OpenTelemetry's Prometheus exporter gives an instrument.</summary>
    public static string PrometheusName(Instrument instrument)
    {
        var name = instrument.Name.Replace('.', '_');
        var unit = instrument.Unit == "s" ? "_seconds" : "";
        return name + unit + (Kind(instrument) == "counter" ? "_total" : "");
    }

    private static string Kind(Instrument instrument) => instrument switch
    {
        Counter<long> => "counter",
        Histogram<double> => "histogram",
        ObservableGauge<long> => "gauge",
        _ => throw new ArgumentOutOfRangeException(nameof(instrument), instrument.GetType().Name, "A kind of instrument that the reference does not know."),
    };
}
