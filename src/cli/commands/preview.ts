import { EXIT, type ExitCode } from "../../shared/exit-codes.js";
import { openProject, type CommandContext } from "../command-context.js";
import { listenForInterruption } from "../interruption.js";
import { createNoticeSink } from "../notices.js";
import { previewToJson, renderPreview, renderPreviewFailures } from "../render-preview.js";

/** The flags of `dango preview`. */
export interface PreviewFlags {
  readonly limit: number;
  readonly json: boolean;
}

/** `dango preview`: first records of a source or of one of its resources, with how they came and what they would become. */
export async function previewCommand(
  context: CommandContext,
  flags: PreviewFlags & { readonly target: string },
): Promise<ExitCode> {
  const { terminal } = context;
  const project = await openProject(context);
  const [{ previewSource }, { createRunContext }] = await Promise.all([
    import("../../engine/probes/preview-source.js"),
    import("../run-context.js"),
  ]);
  using interruption = listenForInterruption();
  const emit = createNoticeSink(terminal, project.redactor);
  const run = await createRunContext(project, { emit, signal: interruption.signal });
  const report = await previewSource(run, flags);
  terminal.out(flags.json ? previewToJson(report) : renderPreview(report, terminal.outColor));
  if (report.exitCode !== EXIT.ok) terminal.err(renderPreviewFailures(report, terminal.errColor));
  return report.exitCode;
}
