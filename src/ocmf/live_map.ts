/** Whether r and s (`signatureHex`) are the signature of the key over the data of a live map. Never throws. */
export function verifyLiveMap(_dataHex: string, _signatureHex: string, _publicKeyHex: string): boolean {
  return false;
}
