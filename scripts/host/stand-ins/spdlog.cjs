/**
 * Stands in for the native `@vscode/spdlog` in the VS Code server of the tests, so that a
 * LogOutputChannel writes its file on machines without a compiler. Same exports and formats.
 */
const { appendFileSync, mkdirSync } = require("node:fs");
const { dirname } = require("node:path");

const levels = ["trace", "debug", "info", "warning", "error", "critical", "off"];

class Logger {
  #path;
  #level = 2;
  #format = (_level, message) => `${message}\n`;

  constructor(_type, _name, path) {
    mkdirSync(dirname(path), { recursive: true });
    this.#path = path;
  }
  getLevel() {
    return this.#level;
  }
  setLevel(level) {
    this.#level = level;
  }
  /** VS Code sets one pattern only: date, time, level, message. */
  setPattern() {
    this.#format = (level, message) => {
      const now = new Date().toISOString().replace("T", " ").replace("Z", "");
      return `${now} [${levels[level]}] ${message}\n`;
    };
  }
  clearFormatters() {
    this.#format = (_level, message) => message;
  }
  flush() {}
  drop() {}
  #write(level, message) {
    if (level >= this.#level) appendFileSync(this.#path, this.#format(level, message));
  }
  trace(message) {
    this.#write(0, message);
  }
  debug(message) {
    this.#write(1, message);
  }
  info(message) {
    this.#write(2, message);
  }
  warn(message) {
    this.#write(3, message);
  }
  error(message) {
    this.#write(4, message);
  }
  critical(message) {
    this.#write(5, message);
  }
}

exports.version = 0;
exports.Logger = Logger;
exports.setLevel = () => {};
exports.setFlushOn = () => {};
exports.createRotatingLogger = async (name, path) => new Logger("rotating", name, path);
exports.createAsyncRotatingLogger = async (name, path) => new Logger("rotating_async", name, path);
