# Buckets by number, fewer in the second step.
# steps: 2
resource "aws_s3_bucket" "n" {
  count  = local.step == 1 ? 3 : 2
  bucket = format("stackwright-count-%02d", count.index)
}

resource "aws_s3_bucket_ownership_controls" "n" {
  count  = length(aws_s3_bucket.n)
  bucket = aws_s3_bucket.n[count.index].bucket
  rule {
    object_ownership = count.index == 0 ? "ObjectWriter" : "BucketOwnerEnforced"
  }
}
