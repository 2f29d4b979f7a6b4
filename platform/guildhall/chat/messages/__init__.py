"""The wire shapes of chat: `wire` is both the socket's and HTTP's, `desk` is what agents see and say."""
