"""What can find faces in a picture: mediapipe's models through LiteRT, and a scripted one for tests and demos."""
