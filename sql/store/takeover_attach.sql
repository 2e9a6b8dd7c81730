-- A mirror of an earlier diet, which kept in itself what the store keeps; read only.
ATTACH DATABASE :path AS mirror;
