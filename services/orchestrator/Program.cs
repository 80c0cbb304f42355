using Phenaki.Orchestrator;
using Phenaki.ServiceDefaults.Hosting;

return await ServiceProgram.RunAsync(
    args,
    new("orchestrator", OrchestratorOptions.Section, typeof(OrchestratorOptions)) { HasHttp = true },
    builder => builder.AddOrchestrator(),
    app => app.MapOrchestrator());
