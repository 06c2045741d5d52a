# moto loses the tags of a user whose path changes, so that it does not change here.
resource "aws_iam_user" "robot" {
  name = "stackwright-robot"
  path = "/robots/"
  tags = {
    purpose = "test"
  }
}

resource "aws_iam_user_policy" "robot" {
  name = "assume"
  user = aws_iam_user.robot.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Resource = "*" }]
  })
}

resource "aws_iam_user_policy" "made_up" {
  name_prefix = "some-"
  user        = aws_iam_user.robot.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }]
  })
}

resource "aws_iam_access_key" "robot" {
  user = aws_iam_user.robot.name
}

### then

resource "aws_iam_user" "robot" {
  name = "stackwright-robot"
  path = "/robots/"
  tags = {
    purpose = "changed"
  }
}

resource "aws_iam_user_policy" "robot" {
  name = "assume"
  user = aws_iam_user.robot.name
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["sts:AssumeRole", "s3:Get*"], Resource = "*" }]
  })
}

resource "aws_iam_access_key" "robot" {
  user   = aws_iam_user.robot.name
  status = "Inactive"
}
