# Objects that get other addresses.
resource "aws_s3_bucket" "old" {
  bucket = "stackwright-moved"
}

resource "aws_ecr_repository" "r" {
  count = 2
  name  = "stackwright-moved-${count.index}"
}

resource "aws_iam_user" "u" {
  name = "stackwright-moved"
}

### then

resource "aws_s3_bucket" "new" {
  bucket = "stackwright-moved"
}

moved {
  from = aws_s3_bucket.old
  to   = aws_s3_bucket.new
}

resource "aws_ecr_repository" "r" {
  for_each = toset(["0", "1"])
  name     = "stackwright-moved-${each.key}"
}

moved {
  from = aws_ecr_repository.r[0]
  to   = aws_ecr_repository.r["0"]
}

moved {
  from = aws_ecr_repository.r[1]
  to   = aws_ecr_repository.r["1"]
}

module "users" {
  source = "./users"
}

moved {
  from = aws_iam_user.u
  to   = module.users.aws_iam_user.this
}

### module users
resource "aws_iam_user" "this" {
  name = "stackwright-moved"
}
