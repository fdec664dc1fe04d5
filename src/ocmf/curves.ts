/** The curves that OCMF knows, and the spelling that this project writes. */
export type CurveName =
  | "secp192k1"
  | "secp192r1"
  | "secp256k1"
  | "secp256r1"
  | "secp384r1"
  | "brainpoolP256r1"
  | "brainpoolP384r1";
