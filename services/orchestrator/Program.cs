using Phenaki.Orchestrator;
using Phenaki.ServiceDefaults.Hosting;

return await ServiceProgram.RunAsync(
    args,
    new("orchestrator", OrchestratorOptions.Section, typeof(OrchestratorOptions)),
    builder => builder.AddOrchestrator(),
    app => app.MapOrchestrator());
