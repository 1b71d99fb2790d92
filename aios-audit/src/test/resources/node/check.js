// Checks a checkpoint note and an inclusion proof with @sigstore/verify.
// Usage: node check.js PACKAGE_DIRECTORY VKEY NOTEFILE INDEX LEAF_BASE64 PROOF (hashes in hex, comma-separated)
const fs = require('fs');
const path = require('path');
const crypto = require('crypto');

const [directory, vkey, noteFile, index, leaf, proof] = process.argv.slice(2);
const { verifyCheckpoint } = require(path.join(directory, 'dist', 'tlog', 'checkpoint.js'));
const { verifyMerkleInclusion } = require(path.join(directory, 'dist', 'tlog', 'merkle.js'));

const [name, keyId, key] = vkey.split(/\+(.*?)\+(.*)/s);
const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'base64').subarray(1)]);
const log = {
  logID: Buffer.from(keyId, 'hex'),
  baseURL: name,
  publicKey: crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' }),
};
const entry = {
  canonicalizedBody: Buffer.from(leaf, 'base64'),
  inclusionProof: {
    logIndex: index,
    hashes: proof.split(',').filter((part) => part).map((part) => Buffer.from(part, 'hex')),
    checkpoint: { envelope: fs.readFileSync(noteFile, 'utf8') },
  },
};
try {
  verifyMerkleInclusion(entry, verifyCheckpoint(entry, [log]));
  console.log('ok');
} catch (refused) {
  console.log('refused: ' + refused.message);
}
