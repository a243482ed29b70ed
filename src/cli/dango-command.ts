import { Command, type Option } from "commander";

const OFF = ["", "0", "false", "no", "off"];

/**
 * A command whose every flag can be set by `DANGO_<FLAG>` (contract §3). A switch is on if its variable is set, unless
 * to 0, false, no or off. A flag that is given wins.
 */
export class DangoCommand extends Command {
  override createCommand(name?: string): DangoCommand {
    return new DangoCommand(name);
  }

  override addOption(option: Option): this {
    // The version flag is added under its long name too, and `--no-…` follows NO_COLOR.
    if (option.long !== undefined && option.long !== "--version" && !option.negate) {
      const name = `DANGO_${option.long.slice(2).replaceAll("-", "_").toUpperCase()}`;
      const isOff = option.isBoolean() && OFF.includes((process.env[name] ?? "on").toLowerCase());
      if (!isOff) option.env(name);
    }
    return super.addOption(option);
  }
}
