CREATE TABLE `t_mch_notify_record` (
  `notify_id` BIGINT(20) NOT NULL AUTO_INCREMENT,
  `order_id` VARCHAR(64) NOT NULL,
  `order_type` TINYINT(6) NOT NULL,
  `mch_order_no` VARCHAR(64) NOT NULL,
  `mch_no` VARCHAR(64) NOT NULL,
  `notify_url` TEXT NOT NULL,
  `res_result` TEXT DEFAULT NULL,
  `notify_count` INT(11) NOT NULL,
  `notify_count_limit` INT(11) NOT NULL,
  `state` TINYINT(6) NOT NULL,
  `last_notify_time` DATETIME DEFAULT NULL,
  PRIMARY KEY (`notify_id`)
);
INSERT INTO `t_mch_notify_record` VALUES (1,'P170413584500001',1,'S20240101','M1','https://shop.example.cn/n','SUCCESS',1,6,2,'2024-01-02 01:05:01'),(2,'P170413584500007',1,'S20240107','M1','https://shop.example.cn/n','连接[shop.example.cn]异常:【Read timed out】',6,6,3,'2024-01-02 07:12:30');
