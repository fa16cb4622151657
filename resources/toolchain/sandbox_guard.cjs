// Loaded by Node before generated code (`--require`), beside its permission model.
//
// `node --permission` refuses files outside the sandbox, child processes, workers and native
// addons. It leaves open what is closed here: the network beyond loopback, databases outside the
// sandbox, and signals to other processes. On Linux the program runs in a network namespace of its
// own as well; this guard is then the second wall, elsewhere it is the only one.
"use strict";

const dgram = require("node:dgram");
const dns = require("node:dns");
const module_ = require("node:module");
const net = require("node:net");
const path = require("node:path");
const sqlite = require("node:sqlite");

const ROOT = path.resolve(process.env.SIXFOLD_SANDBOX);
delete process.env.SIXFOLD_SANDBOX;

/** The socket of the one database server that the tests may use, if there is one. */
const SOCKET = process.env.SIXFOLD_SOCKET;
delete process.env.SIXFOLD_SOCKET;

const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|::ffff:127\.\d{1,3}\.\d{1,3}\.\d{1,3})$/i;

function refusal(what) {
  const error = new Error(`The sandbox does not allow ${what}.`);
  error.code = "ERR_ACCESS_DENIED";
  return error;
}

function refuse(what) {
  return function () {
    throw refusal(what);
  };
}

function isInside(file) {
  return path.resolve(file).startsWith(ROOT + path.sep);
}

/** The options object that net.connect(...) and server.listen(...) make of their arguments. */
function optionsOf(args) {
  return (Array.isArray(args[0]) ? args[0] : net._normalizeArgs(args))[0];
}

const connect = net.Socket.prototype.connect;
net.Socket.prototype.connect = function (...args) {
  const { host, path: socketPath, lookup } = optionsOf(args);
  const isOpen = socketPath == null || socketPath === SOCKET || isInside(String(socketPath));
  if (!isOpen) throw refusal(`the socket ${socketPath}`);
  if (!LOOPBACK.test(host ?? "localhost")) throw refusal(`a connection to ${host}`);
  if (lookup != null && lookup !== dns.lookup) throw refusal("a name look-up of one's own");
  return connect.apply(this, args);
};

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const { host, path: socketPath, fd } = optionsOf(args);
  if (socketPath != null || fd != null) throw refusal("a server that is not on a port");
  if (!LOOPBACK.test(host ?? "")) throw refusal(`a server on ${host ?? "all interfaces"}`);
  return listen.apply(this, args);
};

const lookup = dns.lookup;
dns.lookup = function (name, ...rest) {
  if (!LOOPBACK.test(name)) throw refusal(`looking up the name ${name}`);
  return lookup.call(this, name, ...rest);
};
const lookupAsync = dns.promises.lookup;
dns.promises.lookup = async function (name, ...rest) {
  if (!LOOPBACK.test(name)) throw refusal(`looking up the name ${name}`);
  return lookupAsync.call(this, name, ...rest);
};
for (const api of [dns, dns.promises]) {
  for (const name of Object.keys(api)) {
    if (/^(resolve|reverse|lookupService|setServers|Resolver)/.test(name)) {
      api[name] = refuse(`dns.${name}`);
    }
  }
}
dgram.createSocket = refuse("UDP");
dgram.Socket = refuse("UDP");

const kill = process.kill;
process.kill = function (pid, signal) {
  if (pid !== process.pid) throw refusal(`a signal to process ${pid}`);
  return kill.call(process, pid, signal);
};
process._kill = process._debugProcess = process._debugEnd = refuse("signals");

const { SQLITE_ATTACH, SQLITE_DENY, SQLITE_OK } = sqlite.constants;
const Database = sqlite.DatabaseSync;
const setAuthorizer = Database.prototype.setAuthorizer;
sqlite.DatabaseSync = class DatabaseSync extends Database {
  constructor(file, options = {}) {
    const isPlain = typeof file === "string" && !/^file:/i.test(file);
    if (!isPlain || (file !== ":memory:" && !isInside(file))) throw refusal(`the database ${file}`);
    super(file, { ...options, allowExtension: false });
    // VACUUM attaches a database without a name to work in; every other one is a file.
    setAuthorizer.call(this, (action, name) =>
      action === SQLITE_ATTACH && name !== "" ? SQLITE_DENY : SQLITE_OK,
    );
  }
};
Database.prototype.setAuthorizer = refuse("another authorizer");
sqlite.backup = refuse("the backup of a database");

delete globalThis.WebSocket;
delete globalThis.EventSource;
module_.syncBuiltinESMExports();
