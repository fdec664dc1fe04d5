/**
 * Modbus frames: requests, answers and exceptions, their checksum, and their framing in RTU and Modbus TCP. Pure
 * functions of bytes, without ports and time.
 *
 * @module
 */
export { exceptionAnswer, readAnswer, writeAnswer } from "./answer_frame.ts";
export { AnswerOrder, type AnswerShape, fits } from "./answer_order.ts";
export { crc16, withCrc } from "./crc16.ts";
export { exceptionMeaning, exceptions, isBusy, isGatewayFailure, ModbusError } from "./exceptions.ts";
export { answerBytes, answerBytesTo, requestBytes } from "./frame_length.ts";
export { type Failure, type Framing, type Progress } from "./framing.ts";
export { MbapFraming } from "./mbap_framing.ts";
export { type FramingName } from "./other_framing.ts";
export { maxRequestWords, type ParsedRequest, parseRequest, type RequestFrame } from "./request_frame.ts";
export { RtuFraming } from "./rtu_framing.ts";
