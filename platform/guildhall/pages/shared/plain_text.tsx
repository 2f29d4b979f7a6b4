export { LineText, PlainText } from "../exam_room/exam/prompt";
