// Says whether @sigstore/verify accepts a bundle under one public key: bundle, PEM key, hint.
const { createPublicKey } = require('crypto');
const { readFileSync } = require('fs');
const { bundleFromJSON } = require('@sigstore/bundle');
const { toSignedEntity, toTrustMaterial, Verifier } = require('@sigstore/verify');

const [bundle, key, hint] = process.argv.slice(2);
const nobody = { certificateAuthorities: [], timestampAuthorities: [], tlogs: [], ctlogs: [] };
const trust = toTrustMaterial(nobody, (asked) => {
  if (asked !== hint) {
    throw new Error('the bundle asks for the key ' + asked);
  }
  return { publicKey: createPublicKey(readFileSync(key)), validFor: () => true };
});
const entity = toSignedEntity(bundleFromJSON(JSON.parse(readFileSync(bundle, 'utf8'))));
new Verifier(trust, { ctlogThreshold: 0, tlogThreshold: 0, timestampThreshold: 0 }).verify(entity);
console.log('verified');
